"""Mistakes of the forward pass: a wrong operation, a missing one, operands in the wrong order, or a wrong operand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from types import MappingProxyType

from autograder.graph import OPERATIONS, Graph, Node, Operation
from autograder.mistakes.procedure import Mistake, Procedure
from autograder.mistakes.student_operations import ADDED, STUDENT_OPERATIONS, TO, TWO


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


_ACTIVATION = "Which activation function does the graph have at {node}?"


_LOSS = "How does the graph compute {node} from {a}?"


_LOGARITHM = "Which logarithm does the graph have at {node}? In Python it is math.log."


_INSTEAD_OF_RELU = (
    Swap("softplus", "softplus", "{node} is computed with softplus instead of a ReLU", _ACTIVATION),
    Swap("gelu", "gelu", "{node} is computed with GELU instead of a ReLU", _ACTIVATION),
    Swap("elu", "elu", "{node} is computed with ELU instead of a ReLU", _ACTIVATION),
    Swap("selu", "selu", "{node} is computed with SELU instead of a ReLU", _ACTIVATION),
    Swap("silu", "silu", "{node} is computed with SiLU (swish) instead of a ReLU", _ACTIVATION),
    Swap("relu6", "relu6", "{node} is computed with ReLU6, which is never larger than 6", _ACTIVATION),
    Swap("unit-clamp", "unit clamp", "{node} is limited to the range from 0 to 1", _ACTIVATION),
    Swap("hard-tanh", "hard tanh", "{node} is limited to the range from -1 to 1", _ACTIVATION),
    Swap("square", "square", "{node} is the square of {a}", _ACTIVATION),
    Swap("opposite", "opposite", "{node} is {a} with the opposite sign", _ACTIVATION),
)


_INSTEAD_OF_SIGMOID = (
    Swap("hard-sigmoid", "hard sigmoid", "{node} is computed with the hard sigmoid", _ACTIVATION),
    Swap(
        "steep-hard-sigmoid", "steep hard sigmoid", "{node} is computed with a hard sigmoid, 0.2 {a} + 0.5", _ACTIVATION
    ),
    Swap("softplus", "softplus", "{node} is computed with softplus instead of a sigmoid", _ACTIVATION),
    Swap("silu", "silu", "{node} is computed with SiLU (swish) instead of a sigmoid", _ACTIVATION),
    Swap("gelu", "gelu", "{node} is computed with GELU instead of a sigmoid", _ACTIVATION),
    Swap("elu", "elu", "{node} is computed with ELU instead of a sigmoid", _ACTIVATION),
    Swap("log-sigmoid", "log sigmoid", "{node} is the logarithm of the sigmoid", _ACTIVATION),
    Swap(
        "half-tanh",
        "half tanh",
        "{node} is computed as (1 + tanh({a})) / 2, which is the sigmoid of twice {a}",
        _ACTIVATION,
    ),
    Swap("arctan", "arctan", "{node} is computed with the arctangent instead of a sigmoid", _ACTIVATION),
    Swap(
        "normal", "normal", "{node} is computed with the normal distribution function instead of a sigmoid", _ACTIVATION
    ),
    Swap(
        "minus",
        "sigmoid minus",
        "the denominator of the sigmoid at {node} has a minus sign instead of a plus sign",
        "Write down the whole formula of the sigmoid.",
    ),
    Swap("one", "one", "{node} is always 1, as a softmax of a single number is", _ACTIVATION),
    Swap("nothing", "nothing", "{node} is always 0", "Is the division / or //, and is the exponent of the right size?"),
    Swap(
        "slope",
        "sigmoid slope",
        "{node} is the derivative of the sigmoid at {a}",
        "Which of the two formulas is the sigmoid, and which is its derivative?",
    ),
    Swap(
        "squared", "sigmoid squared", "the sigmoid at {node} is squared", "Write down the whole formula of the sigmoid."
    ),
    Swap("step", "step", "{node} is 0 or 1: only the sign of {a} matters", _ACTIVATION),
)


_WITH_ACTIVATION = {
    inner: tuple(
        Swap(
            f"{outer}-added",
            f"{outer} of {inner}",
            f"{{node}} passes through {words} that the graph does not have",
            "Which operations does the graph have at {node}?",
        )
        for outer, words in ADDED.items()
    )
    for inner in TO
}


_TWO = {
    of: tuple(
        Swap(
            f"{other}-{'after' if other == outer else 'before'}",
            f"{outer} of {inner}",
            f"{{node}} passes through {ADDED[other]} that the graph does not have",
            "Which operations does the graph have at {node}?",
        )
        for outer, inner in TWO
        if of in (outer, inner)
        for other in (outer, inner)
        if other != of
    )
    for of in ADDED
}


UNUSUAL: dict[str, tuple[Swap, ...]] = {  # seen now and then
    "*": _WITH_ACTIVATION["*"],
    "+": _WITH_ACTIVATION["+"],
    "relu": (*_INSTEAD_OF_RELU, *_TWO["relu"]),
    "sigmoid": (*_INSTEAD_OF_SIGMOID, *_TWO["sigmoid"]),
    "tanh": (
        *_TWO["tanh"],
        Swap("relu", "relu", "{node} is computed with a ReLU instead of tanh", _ACTIVATION),
        Swap("hard-tanh", "hard tanh", "{node} is limited to the range from -1 to 1 instead of computed with tanh", _ACTIVATION),
        Swap("arctan", "arctan", "{node} is computed with the arctangent instead of tanh", _ACTIVATION),
        Swap("softplus", "softplus", "{node} is computed with softplus instead of tanh", _ACTIVATION),
    ),
    "**": (
        Swap("smooth", "smooth", "{node} is the Huber loss (smooth L1) of {a} instead of its power", _LOSS),
        Swap("log-cosh", "log cosh", "{node} is the logarithm of the hyperbolic cosine of {a} instead of its power", _LOSS),
    ),
    "log": (
        Swap("log-10", "log 10", "the logarithm at {node} has the base 10 instead of e", _LOGARITHM),
        Swap("log-2", "log 2", "the logarithm at {node} has the base 2 instead of e", _LOGARITHM),
        Swap("log1p", "log1p", "{node} is the logarithm of 1 + {a}", _LOGARITHM),
        Swap("exp", "exp", "{node} is computed with the exponential instead of the logarithm", _FORMULA),
    ),
    "exp": (
        Swap("minus", "exp of minus", "the exponential at {node} has the wrong sign in its exponent", _LOSS),
        Swap("expm1", "expm1", "{node} is the exponential minus 1", _LOSS),
        Swap("log", "log", "{node} is computed with the logarithm instead of the exponential", _LOSS),
    ),
    "-": (
        Swap("distance", "distance", "{node} is the absolute value of the difference", "Can {node} be negative, and when?"),
        *_WITH_ACTIVATION["-"],
    ),
}  # fmt: skip


def wrong_operations(graph: Graph, *, by_hand: bool, usual: bool = True) -> Iterator[Mistake]:
    """Every operation replaced by each one that students write instead.

    Args:
        graph: The graph of the function.
        by_hand: Whether the derivatives are computed by hand, so that they may be correct all the same.
        usual: Whether it is one that many students write (SWAPS), or one that is seen now and then (UNUSUAL).
    """
    for position, node in enumerate(graph.nodes):
        first, second = (*map(_shown, node.operands), "", "")[:2]
        for swap in (SWAPS if usual else UNUSUAL).get(node.operation, ()):
            operands = node.operands[::-1] if swap.exchanged else node.operands
            name, hint = (text.format(node=node.name, a=first, b=second) for text in (swap.name, swap.hint))
            instead = Node(node.name, swap.operation, operands)
            yield from in_values(f"{swap.id}@{node.name}", name, hint, position, instead, by_hand)


def functions_exchanged(graph: Graph, *, by_hand: bool) -> Iterator[Mistake]:
    """The functions of two nodes, such as a ReLU and a sigmoid, in each other's place; see `wrong_operations`."""
    alone = [(position, node) for position, node in enumerate(graph.nodes) if len(node.operands) == 1]
    for (place, one), (other_place, other) in combinations(alone, 2):
        if one.operation == other.operation:
            continue
        first = in_values("", "", "", place, Node(one.name, other.operation, one.operands), by_hand)
        second = in_values("", "", "", other_place, Node(other.name, one.operation, other.operands), by_hand)
        name = f"the functions at {one.name} and {other.name} are exchanged"
        hint = f"Which activation function does the graph have at {one.name}, and which at {other.name}?"
        for suffix, half, rest in zip(("", "/values"), first, second, strict=False):
            id = f"exchanged@{one.name},{other.name}{suffix}"
            yield Mistake(id, name, hint, partial(_both, half, rest))


def _both(one: Mistake, other: Mistake, procedure: Procedure) -> Procedure:
    return other.apply(one.apply(procedure))


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
                    yield from in_values(f"{name}-for-{operand}@{node.name}", said, hint, position, instead, by_hand)


def in_values(
    id: str,
    name: str,
    hint: str,
    position: int,
    node: Node,
    by_hand: bool,
    further: Mapping[str, Operation] = MappingProxyType({}),
) -> Iterator[Mistake]:
    """A wrong node: in values and derivatives, as with autograd; by hand, also in the values alone.

    Args:
        id: The mistake's id; the variant with correct derivatives gets the suffix "/values".
        name: What is wrong, as a clause.
        hint: A sentence that leads to it.
        position: Of the node in the graph.
        node: The wrong node.
        by_hand: Whether the derivatives are computed by hand.
        further: Operations that are in no table of this module.
    """

    def values(procedure: Procedure) -> Procedure:
        return replace(procedure, forward=replaced(procedure.forward, position, node, further))

    def everywhere(procedure: Procedure) -> Procedure:
        return replace(values(procedure), backward=replaced(procedure.backward, position, node, further))

    yield Mistake(id, name, hint, everywhere)
    if by_hand:
        yield Mistake(f"{id}/values", name, hint, values)


def replaced(graph: Graph, position: int, node: Node, further: Mapping[str, Operation] = MappingProxyType({})) -> Graph:
    """The graph with another node at a position.

    further: operations that are in no table.
    """
    known = STUDENT_OPERATIONS if graph.operations is OPERATIONS else graph.operations
    return graph.with_node(position, node, {**known, **further} if further else known)


def _shown(operand: str | float) -> str:
    return operand if isinstance(operand, str) else f"{operand:g}"
