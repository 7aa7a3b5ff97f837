"""Mistakes in the values and derivatives of a graph that have a parameter: a factor, a constant, a slope, a base."""

# ruff: noqa: E501 - a table reads best with one row a line

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from autograder.graph import Graph, Link, Node, Operation, Rule
from autograder.mistakes.calls import USE_PARAMETERS
from autograder.mistakes.family import DECIMAL_POINT, Change, Family, Listed, Solved
from autograder.mistakes.forward import replaced
from autograder.mistakes.procedure import Procedure

_FORMULA = "Compare the line that computes {node} with the graph: it has only the operation {expression}."


_ROUND = "Return the computed value without rounding it; round only what you print."


SMOOTH = Solved(searched=False)


BASES = (2.0, 2.5, 2.7, 2.71, 2.72, 3.0, 4.0, 5.0, 10.0)  # that people write instead of e


SLOPES = Listed(tuple((p, f"{p:g}") for p in (0.02, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5)))  # of a leaky ReLU, often chosen


DECIMALS = ((0.0, "whole numbers"), (1.0, "one decimal"), (2.0, "two decimals"))


def node_families(graph: Graph, returns: Sequence[str], *, by_hand: bool) -> Iterator[Family]:
    """A node with a factor, a summand or rounding that the graph does not have, or with another slope or base.

    Args:
        graph: The graph of the function.
        returns: The quantities that the function returns.
        by_hand: Whether the derivatives are computed by hand, so that they may be correct all the same.
    """
    for position, node in reversed(list(enumerate(graph.nodes))):  # a factor of the loss is said to be one of the loss
        same = _same_later(graph, node, by_hand=by_hand) if node.name not in returns else ()
        for family, instead in _of_node(node, graph.inputs):
            if family.id.split("@")[0] in same:
                continue
            yield _in_graph(family, position, instead, values_only=False)
            if by_hand:
                yield _in_graph(family, position, instead, values_only=True)


def _same_later(graph: Graph, node: Node, *, by_hand: bool) -> Sequence[str]:
    """The families of a node that give the same numbers as one in the only node that uses it."""
    users = [each.operation for each in graph.nodes if node.name in each.operands]
    if len(users) != 1:
        return ()
    scales = ("*", "/", "neg") if by_hand else ("*", "/", "neg", "**", "relu", "sigmoid", "exp")
    return [id for id, users_of in (("scaled", scales), ("summand", ("+", "-", "neg"))) if users[0] in users_of]


Instead = Callable[[float, Operation], Operation]  # the operation computed instead, of the parameter and the right one


def _of_node(node: Node, inputs: Sequence[str]) -> Iterator[tuple[Family, Instead]]:
    """The families of one node, still without their change of a procedure. inputs: of the graph."""
    yield from _of_operation(node)
    name, hint = node.name, _FORMULA.format(node=node.name, expression=node.text)
    yield (
        replace(_draft(f"scaled@{name}", f"{name} is multiplied by a constant", f"{name} is multiplied by {{value}}", hint, SMOOTH, (0.0, 1.0)), slipped=DECIMAL_POINT),
        _scaled_by,
    )  # fmt: skip
    yield (
        _draft(f"summand@{name}", f"a constant is added to {name}", f"{{value}} is added to {name}", hint, SMOOTH, (0.0,)),
        lambda p, right: Operation("own", lambda *at: right.forward(*at) + p, tuple(_times(1.0, right, each) for each in right.partials)),
    )  # fmt: skip
    yield (
        _draft(f"rounded@{name}", f"{name} is rounded", f"{name} is rounded to {{value}}", _ROUND, Listed(DECIMALS)),
        lambda p, right: Operation("own", lambda *at: round(right.forward(*at), int(p)), tuple(lambda *_: 0.0 for _ in right.partials)),
    )  # fmt: skip
    for index, operand in enumerate(node.operands):
        if isinstance(operand, str) and operand not in inputs:
            said = f"{operand} is rounded at {name}"
            draft = _draft(f"rounded-{operand}@{name}", said, f"{said}, to {{value}}", _ROUND, Listed(DECIMALS))
            yield draft, partial(_rounded_operand, index)


def _rounded_operand(index: int, decimals: float, right: Operation) -> Operation:
    """An operation of a rounded operand. Nothing changes with it, so no derivative passes."""

    def forward(*at: float) -> float:
        return right.forward(*at[:index], round(at[index], int(decimals)), *at[index + 1 :])

    partials = tuple((lambda *_: 0.0) if each == index else partial for each, partial in enumerate(right.partials))
    return Operation("own", forward, partials)


def _of_operation(node: Node) -> Iterator[tuple[Family, Instead]]:
    """Those that only one operation has."""
    name, hint = node.name, _FORMULA.format(node=node.name, expression=node.text)
    first = node.operands[0]
    if node.operation == "relu":
        yield (
            _draft(f"leaky@{name}", f"{name} is a leaky ReLU", f"{name} is a leaky ReLU (slope {{value}} below 0)", "What does ReLU return for a negative number?", Solved(), (0.0, 1.0), 0.01),
            lambda p, right: Operation("own", lambda a: a if a > 0 else p * a, (lambda a, y: 1.0 if a > 0 else p,)),
        )  # fmt: skip
        yield (
            _draft(f"leaky@{name}", f"{name} is a leaky ReLU", f"{name} is a leaky ReLU (slope {{value}} below 0)", "What does ReLU return for a negative number?", SLOPES),
            lambda p, right: Operation("own", lambda a: a if a > 0 else p * a, (lambda a, y: 1.0 if a > 0 else p,)),
        )  # fmt: skip
        yield (
            _draft(f"elu@{name}", f"{name} is an ELU", f"{name} is an ELU with an alpha of {{value}}", f"Which activation function does the graph have at {name}?", Listed(tuple((p, f"{p:g}") for p in (0.1, 0.2, 0.5, 2.0)))),
            lambda p, right: Operation("own", lambda a: a if a > 0 else p * math.expm1(a), (lambda a, y: 1.0 if a > 0 else p * math.exp(a),)),
        )  # fmt: skip
    if node.operation in ("sigmoid", "exp"):
        what = "the exponential" if node.operation == "exp" else "the exponential of the sigmoid"
        yield (
            _draft(f"base@{name}", f"{what} at {name} has another base than e", f"{what} at {name} has the base {{value}} instead of e", "Which number is the base of the exponential? In Python it is math.e, or use math.exp.", Listed(tuple((p, f"{p:g}") for p in BASES))),
            lambda p, right: _stretched(right, math.log(p)),
        )  # fmt: skip
        yield (
            _draft(f"stretched@{name}", f"{first} has a factor at {name}", f"{first} is multiplied by {{value}} at {name}", hint, SMOOTH, (0.0, 1.0, *map(math.log, BASES))),
            lambda p, right: _stretched(right, p),
        )  # fmt: skip
    if node.operation == "**":
        yield (
            _draft(f"huber@{name}", f"{name} is a Huber loss of {first}", f"{name} is the Huber loss of {first} with the limit (delta) {{value}}", f"How does the graph compute {name} from {first}?", Solved((0.1, 0.2), 1e-3, 32.0)),
            lambda p, right: Operation("own", lambda a, b: a * a / 2 if abs(a) < p else p * (abs(a) - p / 2), (lambda a, b, y: max(-p, min(p, a)), lambda *_: 0.0)),
        )  # fmt: skip
        yield (
            _draft(f"smooth-l1@{name}", f"{name} is a smooth L1 loss of {first}", f"{name} is the smooth L1 loss of {first} with the limit (beta) {{value}}", f"How does the graph compute {name} from {first}?", Solved((0.1, 0.2), 1e-3, 32.0)),
            lambda p, right: Operation("own", lambda a, b: a * a / 2 / p if abs(a) < p else abs(a) - p / 2, (lambda a, b, y: max(-1.0, min(1.0, a / p)), lambda *_: 0.0)),
        )  # fmt: skip
        yield (
            _draft(f"exponent@{name}", f"the exponent at {name} is another one", f"the exponent at {name} is {{value}}", f"Which exponent does the graph have at {name}?", Listed(tuple((p, f"{p:g}") for p in (0.5, 1.5, 3.0, 4.0, 5.0)))),
            lambda p, right: Operation("own", lambda a, b: right.forward(a, p), (lambda a, b, y: right.partials[0](a, p, y), lambda *_: 0.0)),
        )  # fmt: skip


def _draft(
    id: str,
    name: str,
    said: str,
    hint: str,
    find: Solved | Listed,
    none: tuple[float, ...] = (),
    usual: float | None = None,
) -> Family:
    return Family(id, name, said, hint, lambda _: lambda work: work, find, none, usual)


def _scaled_by(factor: float, right: Operation) -> Operation:
    return _scaled(right, factor)


def _scaled(right: Operation, factor: float) -> Operation:
    """An operation times a factor. Its derivatives are computed at the value without the factor."""
    return Operation(
        "own", lambda *at: factor * right.forward(*at), tuple(_times(factor, right, each) for each in right.partials)
    )


def _times(factor: float, right: Operation, partial: Callable[..., float]) -> Callable[..., float]:
    return lambda *at: factor * partial(*at[:-1], right.forward(*at[:-1]))


def _stretched(right: Operation, factor: float) -> Operation:
    """An operation of a multiple of its operand."""
    return Operation(
        "own", lambda a: right.forward(factor * a), (lambda a, y: factor * right.partials[0](factor * a, y),)
    )


def _in_graph(family: Family, position: int, instead: Instead, *, values_only: bool) -> Family:
    """The family with its change: in values and derivatives, or in the values alone; see `forward.wrong_operations`."""

    def at(parameter: float) -> Change:
        def change(work: Procedure) -> Procedure:
            forward = _with(work.forward, position, parameter, instead)
            if values_only:
                return replace(work, forward=forward)
            return replace(work, forward=forward, backward=_with(work.backward, position, parameter, instead))

        return change

    if values_only:
        return replace(family, id=f"{family.id}/values", at=at, usual=None)
    return replace(family, at=at)


def _with(graph: Graph, position: int, parameter: float, instead: Instead) -> Graph:
    node = graph.nodes[position]
    operation = instead(parameter, graph.operations[node.operation])
    key = f"own {node.name}"  # a node changed twice keeps both changes
    return replaced(graph, position, Node(node.name, key, node.operands), {key: operation})


def local_families(graph: Graph, names: Mapping[str, Link]) -> Iterator[Family]:
    """A local derivative with a factor, or a constant in its place.

    names: the local derivatives that matter, by name.
    """
    for name, link in names.items():
        node = next(node for node in graph.nodes if node.name == link[0])
        again = (
            f"Differentiate {node.name} = {node.text} with respect to {link[1]} again, holding the other values fixed."
        )
        if node.operation == "relu":
            gate = f"What is the derivative of ReLU when {link[1]} is negative, and when it is positive?"
            leaky = _local(
                f"leaky-gate@{name}",
                f"{name} is the derivative of a leaky ReLU",
                f"{name} is the derivative of a leaky ReLU (slope {{value}} below 0)",
                gate,
                link,
                lambda p: lambda site: site.right or p,
                (0.0, 1.0),
                0.01,
            )
            yield from (leaky, replace(leaky, find=SLOPES, usual=None))
        yield replace(
            _local(
                f"scaled@{name}",
                f"{name} is multiplied by a constant",
                f"{name} is {{value}} times what it should be",
                again,
                link,
                lambda p: lambda site: p * site.right,
                (0.0, 1.0),
            ),
            slipped=DECIMAL_POINT,
        )
        powers = {"**": ((2, "-of-square", " squared"), (3, "-of-cube", " cubed")), "log": ((1, "", ""),)}
        for power, id, said in powers.get(node.operation, ()):
            multiple = f"{link[1]}{said}"
            yield _local(
                f"multiple{id}@{name}",
                f"{name} is a multiple of {multiple}",
                f"{name} is {{value}} times {multiple}",
                again,
                link,
                partial(_multiple_of, power),
                (0.0,),
            )
        yield _local(f"constant@{name}", f"{name} is always the same", f"{name} is always {{value}}, whatever is passed in", USE_PARAMETERS, link, lambda p: lambda site: p, (0.0, 1.0))  # fmt: skip


def _multiple_of(power: int, factor: float) -> Rule:
    return lambda site: factor * site.own**power


def _local(
    id: str,
    name: str,
    said: str,
    hint: str,
    link: Link,
    rule: Callable[[float], Rule],
    none: tuple[float, ...],
    usual: float | None = None,
) -> Family:
    def at(parameter: float) -> Change:
        return lambda work: replace(work, local={**work.local, link: rule(parameter)})

    return Family(id, name, said, hint, at, Solved(), none, usual, by_hand=True)


def rounding_families(returns: Sequence[str]) -> Iterator[Family]:
    """Results rounded when they are returned: all of them, or a single one."""
    for id, said, names in (
        ("results", "the results are rounded", returns),
        *((name, f"{name} is rounded when it is returned", (name,)) for name in returns),
    ):
        yield Family(
            f"rounded-result@{id}",
            said,
            said.replace("rounded", "rounded to {value}"),
            _ROUND,
            partial(_rounding, names),
            Listed(DECIMALS),
        )


def _rounding(names: Sequence[str], decimals: float) -> Change:
    def returned(name: str, value: float) -> float:
        return round(value, int(decimals)) if name in names else value

    return lambda work: replace(work, returned=returned)
