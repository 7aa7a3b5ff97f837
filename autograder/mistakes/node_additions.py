"""Nodes with a value that the graph does not have there, and ReLUs with another number on one side."""

# ruff: noqa: E501 - a table reads best with one row a line

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

from autograder.graph import OPERATIONS, Graph, Node, Operation
from autograder.mistakes.backward import SIGMOID
from autograder.mistakes.family import Change, Family, Listed, Solved, single
from autograder.mistakes.forward import in_values, replaced
from autograder.mistakes.precedence import Tree, operation_of, shown
from autograder.mistakes.procedure import Procedure

_HINT = "Which values go into {node} in the graph, and which does the line use that computes {node}?"
_SIDES = "What is ReLU for a negative number, and what for a positive one? Look at each branch, and at the condition."
CHOSEN = Listed(
    tuple(
        (p, f"{p:g}")
        for p in (1.0, -1.0, 0.5, 0.1, 0.01, 0.001, 2.0, -0.5, -0.1, -0.01, 0.25, 0.75, 0.9, -0.2, -0.25, -2.0)
    )
)  # that people write
ADDITIONS: tuple[tuple[str, str, str], ...] = (
    ("times", "*", "{node} has an extra factor {name}"),
    ("plus", "+", "{name} is added to {node}"),
    ("minus", "-", "{name} is subtracted from {node}"),
    ("over", "/", "{node} is divided by {name}"),
)


def node_additions(graph: Graph, *, by_hand: bool) -> Iterator[Family]:
    """Every node with each earlier value as an extra factor or summand, and with other branches of a ReLU."""
    for position, node in enumerate(graph.nodes):
        known = graph.names[: len(graph.inputs) + position]
        for name in known:
            for id, sign, said in ADDITIONS:
                key = f"{id} {node.name}"
                words = said.format(node=node.name, name=name)
                computed = {key: _then(key, OPERATIONS[node.operation], OPERATIONS[sign])}
                yield from _instead(
                    f"{id}-{name}@{node.name}",
                    words,
                    _HINT.format(node=node.name),
                    position,
                    Node(node.name, key, (*node.operands, name)),
                    by_hand,
                    computed,
                )
            if node.operation == "relu" and name not in node.operands:
                yield from _branches(node, name, position, by_hand)
            if node.operation == "**" and node.operands[1] == 2.0 and name not in node.operands:
                words = f"{node.name} is {node.operands[0]} times {name} instead of its square"
                yield from _instead(
                    f"product-{name}@{node.name}",
                    words,
                    _HINT.format(node=node.name),
                    position,
                    Node(node.name, "*", (node.operands[0], name)),
                    by_hand,
                    {},
                )
        if node.operation == "**":
            words = f"{node.name} is {shown(('**', *reversed(node.operands)))}: base and exponent are exchanged"
            yield from _instead(
                f"exchanged@{node.name}",
                words,
                _HINT.format(node=node.name),
                position,
                Node(node.name, "**", node.operands[::-1]),
                by_hand,
                {},
            )
        if node.operation == "sigmoid":
            yield from _quotients(node, position, by_hand)
        yield from _of_operands(node, known, position, by_hand)
        yield from _terms(node, known, graph.inputs, position, by_hand)
        if node.operation == "relu":
            yield from _sides(position, node, by_hand=by_hand)


def _instead(
    id: str, said: str, hint: str, position: int, node: Node, by_hand: bool, computed: dict[str, Operation]
) -> Iterator[Family]:
    for each in in_values(id, said, hint, position, node, by_hand, computed):
        yield single(each)


def _then(key: str, right: Operation, outer: Operation) -> Operation:
    """An operation, and another one of its result and one more operand."""

    def forward(*at: float) -> float:
        return outer.forward(right.forward(*at[:-1]), at[-1])

    def slope(index: int, *at: float) -> float:
        inside = right.forward(*at[:-2])
        if index == right.arity:
            return outer.partials[1](inside, at[-2], at[-1])
        return outer.partials[0](inside, at[-2], at[-1]) * right.partials[index](*at[:-2], inside)

    return Operation(key, forward, tuple(partial(slope, index) for index in range(right.arity + 1)))


def _quotients(node: Node, position: int, by_hand: bool) -> Iterator[Family]:
    """A sigmoid as another quotient of 1 and exponentials."""
    a = node.operands[0]
    minus, one = ("exp", ("neg", a)), 1.0
    plus: Tree = ("exp", a)
    tops: tuple[Tree, ...] = (one, plus, minus)
    for top in tops:
        for bottom in (
            *(("+", one, each) for each in tops),
            *(("-", one, each) for each in (plus, minus)),
            *(("-", each, one) for each in (plus, minus)),
        ):
            for id, tree in (("quotient", ("/", top, bottom)), ("product", ("*", top, bottom))):
                said = f"{node.name} is computed as {shown(tree)}"
                key = f"{id} {said}"
                computed = {key: operation_of(key, tree, (str(a),))}
                yield from _instead(
                    f"{key}@{node.name}",
                    said,
                    "Write down the whole formula of the sigmoid.",
                    position,
                    Node(node.name, key, (a,)),
                    by_hand,
                    computed,
                )


def _branches(node: Node, name: str, position: int, by_hand: bool) -> Iterator[Family]:
    """A ReLU that gives another value on one side, or whose condition is on another value."""
    a = node.operands[0]
    for id, said, value, slopes in (
        ("above", f"{node.name} is {name} instead of {a} where {a} is positive", lambda a, b: b if a > 0 else 0.0, (lambda *_: 0.0, lambda a, b, y: float(a > 0))),
        ("below", f"{node.name} is {name} where {a} is negative", lambda a, b: a if a > 0 else b, (lambda a, b, y: float(a > 0), lambda a, b, y: float(a <= 0))),
        ("where", f"{node.name} depends on the sign of {name} instead of {a}", lambda a, b: a if b > 0 else 0.0, (lambda a, b, y: float(b > 0), lambda *_: 0.0)),
        ("at-least", f"{node.name} is never smaller than {name}", max, (lambda a, b, y: float(a > b), lambda a, b, y: float(a <= b))),
    ):  # fmt: skip
        key = f"relu {id}"
        yield from _instead(
            f"{id}-{name}@{node.name}",
            said,
            _SIDES,
            position,
            Node(node.name, key, (a, name)),
            by_hand,
            {key: Operation(key, value, slopes)},
        )


# What students apply to an operand: the function and its derivative.
FUNCTIONS: tuple[tuple[str, str, Callable[[float], float], Callable[[float], float]], ...] = (
    ("relu", "a ReLU", lambda a: max(a, 0.0), lambda a: float(a > 0)),
    ("sigmoid", "a sigmoid", SIGMOID, lambda a: SIGMOID(a) * (1 - SIGMOID(a))),
    ("tanh", "tanh", math.tanh, lambda a: 1 - math.tanh(a) ** 2),
    ("exp", "the exponential", math.exp, math.exp),
    ("abs", "the absolute value", abs, lambda a: math.copysign(1.0, a)),
    ("square", "a square", lambda a: a * a, lambda a: 2 * a),
    ("cube", "a third power", lambda a: a**3, lambda a: 3 * a * a),
    ("root", "a square root", math.sqrt, lambda a: 0.5 / math.sqrt(a)),
    ("reciprocal", "1 divided by it", lambda a: 1 / a, lambda a: -1 / (a * a)),
    ("rest", "1 minus it", lambda a: 1 - a, lambda a: -1.0),
    ("sin", "a sine", math.sin, math.cos),
    ("cos", "a cosine", math.cos, lambda a: -math.sin(a)),
    ("opposite", "the opposite sign", operator.neg, lambda a: -1.0),
    ("whole", "a cut to a whole number", lambda a: float(math.trunc(a)), lambda a: 0.0),
)  # fmt: skip


def _of_operands(node: Node, known: Sequence[str], position: int, by_hand: bool) -> Iterator[Family]:
    """A node one of whose operands passes through a function first, or is combined with another value."""
    right, hint = OPERATIONS[node.operation], _HINT.format(node=node.name)
    for index, operand in enumerate(node.operands):
        if not isinstance(operand, str):
            continue
        for id, words, apply, slope in FUNCTIONS:
            key = f"{id} {index} {node.name}"
            computed = {key: _before(key, right, index, apply, slope)}
            said = f"{operand} passes through {words} at {node.name} that the graph does not have"
            yield from _instead(
                f"{id}-of-{operand}@{node.name}",
                said,
                hint,
                position,
                Node(node.name, key, node.operands),
                by_hand,
                computed,
            )
        for name in known if len(node.names) > 1 else ():
            for id, sign, said in ADDITIONS:
                key = f"{id} at {index} {node.name}"
                computed = {key: _joined(key, right, index, OPERATIONS[sign])}
                words = said.format(node=operand, name=name) + f" at {node.name}"
                yield from _instead(
                    f"{id}-{name}-at-{operand}@{node.name}",
                    words,
                    hint,
                    position,
                    Node(node.name, key, (*node.operands, name)),
                    by_hand,
                    computed,
                )


def _before(
    key: str, right: Operation, index: int, apply: Callable[[float], float], slope: Callable[[float], float]
) -> Operation:
    """An operation of a function of one of its operands."""

    def through(at: Sequence[float]) -> list[float]:
        return [apply(each) if place == index else each for place, each in enumerate(at)]

    def partial_of(place: int, *at: float) -> float:
        inside = through(at[:-1])
        outer = right.partials[place](*inside, at[-1])
        return outer * slope(at[index]) if place == index else outer

    return Operation(
        key, lambda *at: right.forward(*through(at)), tuple(partial(partial_of, place) for place in range(right.arity))
    )


def _joined(key: str, right: Operation, index: int, join: Operation) -> Operation:
    """An operation of one of its operands combined with one more value, its last operand."""

    def joined(at: Sequence[float]) -> list[float]:
        return [join.forward(each, at[-1]) if place == index else each for place, each in enumerate(at[:-1])]

    def partial_of(place: int, *at: float) -> float:
        inside = joined(at[:-1])
        if place == right.arity:
            return right.partials[index](*inside, at[-1]) * join.partials[1](at[index], at[-2], inside[index])
        outer = right.partials[place](*inside, at[-1])
        return outer * join.partials[0](at[index], at[-2], inside[index]) if place == index else outer

    return Operation(
        key,
        lambda *at: right.forward(*joined(at)),
        tuple(partial(partial_of, place) for place in range(right.arity + 1)),
    )


def _terms(node: Node, known: Sequence[str], inputs: Sequence[str], position: int, by_hand: bool) -> Iterator[Family]:
    """A node with a multiple of another value, or of its square, added; or that is a constant."""
    hint = _HINT.format(node=node.name)
    for name in known:
        for id, words, power in (("multiple", name, 1), ("square", f"{name} squared", 2)):
            vague = f"a multiple of {words} is added to {node.name}"
            said = f"{{value}} times {words} is added to {node.name}"
            at = partial(_with_term, position, node, name, power, by_hand)
            yield Family(f"{id}-of-{name}-and@{node.name}", vague, said, hint, at, Solved(), (0.0,))
    for one, other in combinations([name for name in known if name in inputs], 2):
        for power, words in ((2, f"the squares of {one} and {other}"), (1, f"{one} and {other}")):
            said = f"{{value}} times the sum of {words} is added to {node.name}"
            at = partial(_with_penalty, position, node, (one, other), power, by_hand)
            yield Family(
                f"penalty-{power}-{one}-{other}@{node.name}",
                said.replace("{value} times", "a multiple of"),
                said,
                hint,
                at,
                Solved(),
                (0.0,),
            )
    constant = f"{node.name} is always {{value}}, whatever is passed in"
    at = partial(
        _one_sided, position, node, lambda p: (lambda *_: p, *([lambda *_: 0.0] * len(node.operands))), by_hand
    )
    yield Family(f"always@{node.name}", f"{node.name} is always the same", constant, hint, at, Solved())


def _with_term(position: int, node: Node, name: str, power: int, by_hand: bool, factor: float) -> Change:
    """The change that adds factor · name ** power to a node."""
    outer = Operation(
        "term", lambda a, b: a + factor * b**power, (lambda *_: 1.0, lambda a, b, y: factor * power * b ** (power - 1))
    )
    key = f"term {node.name}"
    return _change(
        position,
        Node(node.name, key, (*node.operands, name)),
        {key: _then(key, OPERATIONS[node.operation], outer)},
        by_hand,
    )


def _with_penalty(
    position: int, node: Node, names: tuple[str, str], power: int, by_hand: bool, factor: float
) -> Change:
    """The change that adds factor · (a ** power + b ** power) to a node."""
    right = OPERATIONS[node.operation]

    def forward(*at: float) -> float:
        return right.forward(*at[:-2]) + factor * (at[-2] ** power + at[-1] ** power)

    def slope(index: int, *at: float) -> float:
        if index < right.arity:
            return right.partials[index](*at[:-3], right.forward(*at[:-3]))
        return factor * power * at[index] ** (power - 1)

    key = f"penalty {node.name}"
    computed = Operation(key, forward, tuple(partial(slope, index) for index in range(right.arity + 2)))
    return _change(position, Node(node.name, key, (*node.operands, *names)), {key: computed}, by_hand)


def _sides(position: int, node: Node, *, by_hand: bool) -> Iterator[Family]:
    """A ReLU with a constant on one side, or another limit."""
    name, a = node.name, node.operands[0]
    for id, vague, said, at in (
        ("negative", f"{name} is a constant where {a} is negative", f"{name} is {{value}} where {a} is negative", lambda p: (lambda a: a if a > 0 else p, lambda a, y: float(a > 0))),
        ("falling", f"{name} is a multiple of {a} where {a} is negative", f"{name} is {{value}} times {a} where {a} is negative", lambda p: (lambda a: a if a > 0 else p * a, lambda a, y: 1.0 if a > 0 else p)),
        ("positive", f"{name} is a constant where {a} is positive", f"{name} is {{value}} where {a} is positive", lambda p: (lambda a: p if a > 0 else 0.0, lambda a, y: 0.0)),
        ("at-most", f"{name} is limited from above", f"{name} is never larger than {{value}}", lambda p: (lambda a: min(max(a, 0.0), p), lambda a, y: float(0 < a < p))),
        ("at-least", f"{name} has another lower limit than 0", f"{name} is never smaller than {{value}}", lambda p: (lambda a: max(a, p), lambda a, y: float(a > p))),
    ):  # fmt: skip
        family = Family(
            f"{id}-side@{name}", vague, said, _SIDES, partial(_one_sided, position, node, at, by_hand), Solved(), (0.0,)
        )
        yield family
        if id in ("negative", "falling"):  # few inputs show it
            yield replace(family, id=f"{family.id}, listed", find=CHOSEN)


def value_instead(position: int, node: Node, number: float) -> Change:
    """The change of the values that gives a node this value."""
    slopes = [lambda *_: 0.0] * len(node.operands)
    return _one_sided(position, node, lambda p: (lambda *_: p, *slopes), True, number)


def _one_sided(
    position: int, node: Node, at: Callable[[float], tuple[Callable[..., float], ...]], by_hand: bool, parameter: float
) -> Change:
    """at: of the parameter the value of the node, and its derivatives."""
    value, *slopes = at(parameter)
    key = f"one-sided {node.name}"
    return _change(position, Node(node.name, key, node.operands), {key: Operation(key, value, tuple(slopes))}, by_hand)


def _change(position: int, instead: Node, computed: dict[str, Operation], by_hand: bool) -> Change:
    """Another node: in the values alone if the derivatives are computed by hand, see `forward.in_values`."""

    def change(work: Procedure) -> Procedure:
        forward = replaced(work.forward, position, instead, computed)
        if by_hand:
            return replace(work, forward=forward)
        return replace(work, forward=forward, backward=replaced(work.backward, position, instead, computed))

    return change
