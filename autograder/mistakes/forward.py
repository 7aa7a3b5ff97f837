"""Mistakes of the forward pass: an operation swapped, skipped or turned round, or another number put into it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import copysign, exp
from types import MappingProxyType

from autograder.graph import OPERATIONS, Graph, Node, Operation
from autograder.mistakes.procedure import Mistake, Procedure

SIGMOID = OPERATIONS["sigmoid"].forward


def _sigmoid_slope(a: float) -> float:
    return SIGMOID(a) * (1 - SIGMOID(a))


# What students compute instead, where that is no operation of its own: value and derivative.
# fmt: off
STUDENT_OPERATIONS: Mapping[str, Operation] = MappingProxyType({**OPERATIONS, **{operation.name: operation for operation in (
    Operation("same", lambda a: a, (lambda *_: 1.0,)),
    Operation("leaky", lambda a: a if a > 0 else 0.01 * a, (lambda a, y: 1.0 if a > 0 else 0.01,)),
    Operation("leakier", lambda a: a if a > 0 else 0.1 * a, (lambda a, y: 1.0 if a > 0 else 0.1,)),
    Operation("abs", abs, (lambda a, y: copysign(1.0, a),)),
    Operation("below", lambda a: min(a, 0.0), (lambda a, y: 1.0 if a < 0 else 0.0,)),
    Operation("step", lambda a: float(a > 0), (lambda *_: 0.0,)),
    Operation("sigmoid formula", lambda a: a * (1 - a), (lambda a, y: 1 - 2 * a,)),
    Operation("turned sigmoid", lambda a: SIGMOID(-a), (lambda a, y: -_sigmoid_slope(a),)),
    Operation("sigmoid twice", lambda a: SIGMOID(SIGMOID(a)),
              (lambda a, y: _sigmoid_slope(SIGMOID(a)) * _sigmoid_slope(a),)),
    Operation("no quotient", lambda a: 1 + exp(min(-a, 700.0)),
              (lambda a, y: -exp(min(-a, 700.0)),)),
    Operation("half", lambda a, b: 0.5 * OPERATIONS["**"].forward(a, b),
              (lambda a, b, y: 0.5 * OPERATIONS["**"].partials[0](a, b, y), lambda *_: 0.0)),
    Operation("cubed", lambda a, b: OPERATIONS["**"].forward(a, b + 1),
              (lambda a, b, y: OPERATIONS["**"].partials[0](a, b + 1, y), lambda *_: 0.0)),
    Operation("first", lambda a, b: a, (lambda *_: 1.0, lambda *_: 0.0)),
    Operation("size", lambda a, b: abs(a), (lambda a, b, y: copysign(1.0, a), lambda *_: 0.0)),
)}})
# fmt: on


@dataclass(frozen=True)
class Swap:
    """Another operation in an operation's place. turned: with its two operands exchanged."""

    id: str
    operation: str
    name: str
    hint: str
    turned: bool = False


_FORMULA = "Compare the line that computes {node} with the graph: {a} and {b}, and which operation?"
SWAPS: dict[str, tuple[Swap, ...]] = {
    "*": (
        Swap("added", "+", "at {node} the two operands are added", _FORMULA),
        Swap("subtracted", "-", "at {node} the two operands are subtracted", _FORMULA),
        Swap("divided", "/", "at {node} one operand is divided by the other", _FORMULA),
        Swap("divided-turned", "/", "at {node} one operand is divided by the other", _FORMULA, turned=True),
        Swap("power", "**", "at {node} `**` stands where a product belongs", _FORMULA),
    ),
    "+": (
        Swap("multiplied", "*", "at {node} the two operands are multiplied", _FORMULA),
        Swap("subtracted", "-", "at {node} the two operands are subtracted", _FORMULA),
        Swap("left-out", "first", "at {node} the second operand is left out", _FORMULA),
    ),
    "-": (
        Swap("turned", "-", "{node} has the two operands the other way round", "Which is taken from which at {node}?", turned=True),
        Swap("added", "+", "at {node} the two operands are added", _FORMULA),
        Swap("multiplied", "*", "at {node} the two operands are multiplied", _FORMULA),
        Swap("left-out", "first", "at {node} the second operand is left out", _FORMULA),
    ),
    "/": (
        Swap("turned", "/", "{node} has the two operands the other way round", "Which is divided by which at {node}?", turned=True),
        Swap("multiplied", "*", "at {node} the two operands are multiplied", _FORMULA),
    ),
    "**": (
        Swap("power-left-out", "first", "{node} is {a} itself, without the power", "What does the graph do to {a} at {node}?"),
        Swap("halved", "half", "{node} has a factor 1/2 that the graph does not have", "Some books halve the squared error; does this graph?"),
        Swap("size", "size", "{node} is the size of {a}, without the power", "What does the graph do to {a} at {node}?"),
        Swap("multiplied", "*", "at {node} {a} is multiplied by the exponent", "Is it {a} times the exponent, or {a} times itself? In Python a power is **."),
        Swap("power-too-high", "cubed", "the power at {node} is one too high", "How often is {a} multiplied by itself at {node}?"),
    ),
    "relu": (
        Swap("left-out", "same", "the ReLU at {node} is left out", "What is {node} when {a} is negative?"),
        Swap("leaky", "leaky", "{node} is a leaky ReLU (slope 0.01 below 0)", "What is the lab's ReLU of a negative number?"),
        Swap("leakier", "leakier", "{node} is a leaky ReLU (slope 0.1 below 0)", "What is the lab's ReLU of a negative number?"),
        Swap("abs", "abs", "{node} is the absolute value of {a}", "What is the ReLU of a negative number?"),
        Swap("turned", "below", "the ReLU at {node} keeps the negative numbers instead of the positive ones", "Try the line with {a} = 3 and with {a} = -3."),
        Swap("step", "step", "{node} is 1 where {a} is positive, instead of {a} itself", "That is ReLU's derivative; what is its value?"),
        Swap("sigmoid", "sigmoid", "a sigmoid stands at {node} in the ReLU's place", "Which activation does the graph have at {node}?"),
        Swap("tanh", "tanh", "a tanh stands at {node} in the ReLU's place", "Which activation does the graph have at {node}?"),
    ),
    "sigmoid": (
        Swap("left-out", "same", "the sigmoid at {node} is left out", "What does the graph do with {a} before it becomes {node}?"),
        Swap("sign", "turned sigmoid", "the sigmoid at {node} has the wrong sign in its exponent", "Try your sigmoid with a large positive number: it has to be nearly 1."),
        Swap("no-quotient", "no quotient", "{node} is 1 + exp(-{a}), not one divided by that", "Is the whole denominator in brackets?"),
        Swap("twice", "sigmoid twice", "the sigmoid at {node} is applied twice", "How often does the graph apply the sigmoid?"),
        Swap("tanh", "tanh", "a tanh stands at {node} in the sigmoid's place", "Which activation does the graph have at {node}?"),
        Swap("relu", "relu", "a ReLU stands at {node} in the sigmoid's place", "Which activation does the graph have at {node}?"),
        Swap("formula", "sigmoid formula", "{node} is computed by the formula for the sigmoid's derivative", "Which of the two formulas is the sigmoid's value, and which its derivative?"),
        Swap("exp", "exp", "{node} is exp({a}), only a part of the sigmoid", "Write the sigmoid's formula out once more."),
    ),
    "tanh": (
        Swap("left-out", "same", "the tanh at {node} is left out", "What does the graph do with {a} before it becomes {node}?"),
        Swap("sigmoid", "sigmoid", "a sigmoid stands at {node} in the tanh's place", "Which activation does the graph have at {node}?"),
    ),
    "exp": (Swap("left-out", "same", "the exponential at {node} is left out", "What does the graph do with {a}?"),),
    "log": (Swap("left-out", "same", "the logarithm at {node} is left out", "What does the graph do with {a}?"),),
    "neg": (Swap("left-out", "same", "the minus at {node} is left out", "Which sign does the graph give {node}?"),),
}  # fmt: skip


def swapped(graph: Graph, *, by_hand: bool) -> Iterator[Mistake]:
    """Every operation replaced by every other that students write there."""
    for position, node in enumerate(graph.nodes):
        first, second = (*map(_shown, node.operands), "", "")[:2]
        for swap in SWAPS.get(node.operation, ()):
            operands = node.operands[::-1] if swap.turned else node.operands
            name, hint = (text.format(node=node.name, a=first, b=second) for text in (swap.name, swap.hint))
            instead = Node(node.name, swap.operation, operands)
            yield from _variants(f"{swap.id}@{node.name}", name, hint, position, instead, by_hand)


def misled(graph: Graph, *, by_hand: bool) -> Iterator[Mistake]:
    """Every operand replaced by every other value that is there by then."""
    for position, node in enumerate(graph.nodes):
        which = "Which two values does" if len(node.operands) > 1 else "Which value does"
        for index, operand in enumerate(node.operands):
            for name in graph.names[: len(graph.inputs) + position]:
                if isinstance(operand, str) and name not in node.operands:
                    operands = (*node.operands[:index], name, *node.operands[index + 1 :])
                    said = f"at {node.name} {name} is used in {operand}'s place"
                    hint = f"{which} the graph lead into {node.name}?"
                    instead = Node(node.name, node.operation, operands)
                    yield from _variants(f"{name}-for-{operand}@{node.name}", said, hint, position, instead, by_hand)


def _variants(id: str, name: str, hint: str, position: int, node: Node, by_hand: bool) -> Iterator[Mistake]:
    """The mistake in values and derivatives, as autograd carries it on; by hand also in the values alone, where the
    derivatives are those of the right graph."""

    def values(procedure: Procedure) -> Procedure:
        return replace(procedure, forward=_with(procedure.forward, position, node))

    def everywhere(procedure: Procedure) -> Procedure:
        return replace(values(procedure), backward=_with(procedure.backward, position, node))

    yield Mistake(id, name, hint, everywhere)
    if by_hand:
        yield Mistake(f"{id}/values", name, hint, values)


def _with(graph: Graph, position: int, node: Node) -> Graph:
    nodes = (*graph.nodes[:position], node, *graph.nodes[position + 1 :])
    return Graph(graph.inputs, nodes, STUDENT_OPERATIONS)


def _shown(operand: str | float) -> str:
    return operand if isinstance(operand, str) else f"{operand:g}"
