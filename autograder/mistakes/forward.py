"""Mistakes of the forward pass: a wrong operation, a missing one, operands in the wrong order, or a wrong operand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import copysign, exp
from types import MappingProxyType

from autograder.graph import OPERATIONS, Graph, Node, Operation
from autograder.mistakes.procedure import Mistake, Procedure

SIGMOID = OPERATIONS["sigmoid"].forward


def _sigmoid_slope(a: float) -> float:
    return SIGMOID(a) * (1 - SIGMOID(a))


# What students compute instead, where no operation of a graph does it: the value, and its derivatives.
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
    """A wrong operation. In `name` and `hint`, {node} is the node, and {a} and {b} are its operands."""

    id: str
    operation: str  # computed instead, in STUDENT_OPERATIONS
    name: str
    hint: str
    exchanged: bool = False  # whether its two operands are exchanged


_FORMULA = "Compare the line that computes {node} with the graph: which operation combines {a} and {b}?"
SWAPS: dict[str, tuple[Swap, ...]] = {
    "*": (
        Swap("added", "+", "the two operands are added at {node}", _FORMULA),
        Swap("subtracted", "-", "the two operands are subtracted at {node}", _FORMULA),
        Swap("divided", "/", "one operand is divided by the other at {node}", _FORMULA),
        Swap("divided-turned", "/", "one operand is divided by the other at {node}", _FORMULA, exchanged=True),
        Swap("power", "**", "{node} is computed with `**` instead of `*`", _FORMULA),
    ),
    "+": (
        Swap("multiplied", "*", "the two operands are multiplied at {node}", _FORMULA),
        Swap("subtracted", "-", "the two operands are subtracted at {node}", _FORMULA),
        Swap("left-out", "first", "{b} is left out of {node}", _FORMULA),
    ),
    "-": (
        Swap("turned", "-", "the two operands of {node} are in the wrong order", "Which operand is subtracted from which at {node}?", exchanged=True),
        Swap("added", "+", "the two operands are added at {node}", _FORMULA),
        Swap("multiplied", "*", "the two operands are multiplied at {node}", _FORMULA),
        Swap("left-out", "first", "{b} is left out of {node}", _FORMULA),
    ),
    "/": (
        Swap("turned", "/", "the two operands of {node} are in the wrong order", "Which operand is divided by which at {node}?", exchanged=True),
        Swap("multiplied", "*", "the two operands are multiplied at {node}", _FORMULA),
    ),
    "**": (
        Swap("power-left-out", "first", "{node} is {a} itself: the power is left out", "How does the graph compute {node} from {a}?"),
        Swap("halved", "half", "{node} has a factor 1/2 that the graph does not have", "Some textbooks halve the squared error; does this graph?"),
        Swap("size", "size", "{node} is the absolute value of {a} instead of its power", "How does the graph compute {node} from {a}?"),
        Swap("multiplied", "*", "{a} is multiplied by the exponent at {node}", "Is {node} a multiple of {a}, or a power of {a}? In Python, a power is written **."),
        Swap("power-too-high", "cubed", "the exponent at {node} is too large by one", "Which exponent does the graph have at {node}?"),
    ),
    "relu": (
        Swap("left-out", "same", "the ReLU at {node} is left out", "What should {node} be when {a} is negative?"),
        Swap("leaky", "leaky", "{node} is a leaky ReLU (slope 0.01 below 0)", "What does ReLU return for a negative number?"),
        Swap("leakier", "leakier", "{node} is a leaky ReLU (slope 0.1 below 0)", "What does ReLU return for a negative number?"),
        Swap("abs", "abs", "{node} is the absolute value of {a}", "What does ReLU return for a negative number?"),
        Swap("turned", "below", "the ReLU at {node} keeps negative numbers instead of positive ones", "Try this line with {a} = 3 and with {a} = -3."),
        Swap("step", "step", "{node} is 1 instead of {a} when {a} is positive", "That is the derivative of ReLU; what is ReLU itself?"),
        Swap("sigmoid", "sigmoid", "{node} is computed with a sigmoid instead of a ReLU", "Which activation function does the graph have at {node}?"),
        Swap("tanh", "tanh", "{node} is computed with tanh instead of a ReLU", "Which activation function does the graph have at {node}?"),
    ),
    "sigmoid": (
        Swap("left-out", "same", "the sigmoid at {node} is left out", "How does the graph compute {node} from {a}?"),
        Swap("sign", "turned sigmoid", "the sigmoid at {node} has the wrong sign in its exponent", "Try your sigmoid on a large positive number: the result should be close to 1."),
        Swap("no-quotient", "no quotient", "{node} is 1 + exp(-{a}) instead of 1 divided by that", "Is the whole denominator in parentheses?"),
        Swap("twice", "sigmoid twice", "the sigmoid at {node} is applied twice", "How many times does the graph apply the sigmoid?"),
        Swap("tanh", "tanh", "{node} is computed with tanh instead of a sigmoid", "Which activation function does the graph have at {node}?"),
        Swap("relu", "relu", "{node} is computed with a ReLU instead of a sigmoid", "Which activation function does the graph have at {node}?"),
        Swap("formula", "sigmoid formula", "{node} is computed with the formula for the sigmoid's derivative", "Which of the two formulas is the sigmoid, and which is its derivative?"),
        Swap("exp", "exp", "{node} is exp({a}), which is only part of the sigmoid", "Write down the whole formula of the sigmoid."),
    ),
    "tanh": (
        Swap("left-out", "same", "the tanh at {node} is left out", "How does the graph compute {node} from {a}?"),
        Swap("sigmoid", "sigmoid", "{node} is computed with a sigmoid instead of tanh", "Which activation function does the graph have at {node}?"),
    ),
    "exp": (Swap("left-out", "same", "the exponential at {node} is left out", "How does the graph compute {node} from {a}?"),),
    "log": (Swap("left-out", "same", "the logarithm at {node} is left out", "How does the graph compute {node} from {a}?"),),
    "neg": (Swap("left-out", "same", "the minus sign at {node} is left out", "Which sign does {node} have in the graph?"),),
}  # fmt: skip


def wrong_operations(graph: Graph, *, by_hand: bool) -> Iterator[Mistake]:
    """Every operation replaced by each one that students write instead.

    Args:
        graph: The graph of the function.
        by_hand: Whether the derivatives are computed by hand, so that they may be correct all the same.
    """
    for position, node in enumerate(graph.nodes):
        first, second = (*map(_shown, node.operands), "", "")[:2]
        for swap in SWAPS.get(node.operation, ()):
            operands = node.operands[::-1] if swap.exchanged else node.operands
            name, hint = (text.format(node=node.name, a=first, b=second) for text in (swap.name, swap.hint))
            instead = Node(node.name, swap.operation, operands)
            yield from _in_values(f"{swap.id}@{node.name}", name, hint, position, instead, by_hand)


def wrong_operands(graph: Graph, *, by_hand: bool) -> Iterator[Mistake]:
    """Every operand replaced by each other value that is known at that point; see `wrong_operations`."""
    for position, node in enumerate(graph.nodes):
        which = "Which two values go" if len(node.operands) > 1 else "Which value goes"
        for index, operand in enumerate(node.operands):
            for name in graph.names[: len(graph.inputs) + position]:
                if isinstance(operand, str) and name not in node.operands:
                    operands = (*node.operands[:index], name, *node.operands[index + 1 :])
                    said = f"{name} is used instead of {operand} at {node.name}"
                    hint = f"{which} into {node.name} in the graph?"
                    instead = Node(node.name, node.operation, operands)
                    yield from _in_values(f"{name}-for-{operand}@{node.name}", said, hint, position, instead, by_hand)


def _in_values(id: str, name: str, hint: str, position: int, node: Node, by_hand: bool) -> Iterator[Mistake]:
    """A wrong node: in values and derivatives, as with autograd; by hand, also in the values alone.

    Args:
        id: The mistake's id; the variant with correct derivatives gets the suffix "/values".
        name: What is wrong, as a clause.
        hint: A sentence that leads to it.
        position: Of the node in the graph.
        node: The wrong node.
        by_hand: Whether the derivatives are computed by hand.
    """

    def values(procedure: Procedure) -> Procedure:
        return replace(procedure, forward=_replaced(procedure.forward, position, node))

    def everywhere(procedure: Procedure) -> Procedure:
        return replace(values(procedure), backward=_replaced(procedure.backward, position, node))

    yield Mistake(id, name, hint, everywhere)
    if by_hand:
        yield Mistake(f"{id}/values", name, hint, values)


def _replaced(graph: Graph, position: int, node: Node) -> Graph:
    nodes = (*graph.nodes[:position], node, *graph.nodes[position + 1 :])
    return Graph(graph.inputs, nodes, STUDENT_OPERATIONS)


def _shown(operand: str | float) -> str:
    return operand if isinstance(operand, str) else f"{operand:g}"
