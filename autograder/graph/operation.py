"""What the grader knows of an operation of a computation graph."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Operand = str | float  # the name of an input or a node, or a number
Value = Any  # a float; in a graph with vectors and matrices also a NumPy array (what takes either may say float)


@dataclass(frozen=True)
class Operation:
    """One operation: its value and, side by side, its derivative with respect to each operand.

    `forward` takes the operands; each of `partials` the operands and then the node's own value y, so that
    sigmoid' is y(1 - y) of a student's own y too.
    """

    name: str
    forward: Callable[..., float]
    partials: tuple[Callable[..., float], ...]

    @property
    def arity(self) -> int:
        """The number of operands."""
        return len(self.partials)


def never(operands: Sequence[Operand]) -> bool:
    return False


def always(operands: Sequence[Operand]) -> bool:
    return True


@dataclass(frozen=True)
class LabOperation(Operation):
    """An operation that the graph of a lab may have: also how it is written, and what makes it easy or hard by hand.

    Templates have the operands at {0} and {1}; `latex_partials` have the node itself next.
    """

    latex: str
    latex_partials: tuple[str, ...]
    unicode: Callable[..., str]  # the formula as plain text, of the operands as text
    symbolic: Callable[..., Any]  # the exact value, of the module sympy and sympy's operands; only the answer key asks
    code: str = ""  # how a rubric writes it; if not given, as a call: "tanh({0})"
    spellings: tuple[str, ...] = ()  # other names for it in students' arithmetic, a sign that is no letter included
    exact: Callable[[Sequence[Operand]], bool] = never  # whether short decimals give a short decimal
    linear: bool = False  # whether its derivatives are constants, on each side of a kink
    kink: float | None = None  # the operand at which it has no derivative

    @property
    def source(self) -> str:
        """The template of how a rubric writes it."""
        return self.code or f"{self.name}({', '.join(f'{{{index}}}' for index in range(self.arity))})"


Shape = tuple[int, ...]


def shape_of(value: Value) -> Shape:
    """The shape of a value; () of a number."""
    shape: Shape = getattr(value, "shape", ())
    return shape


class ShapeError(ValueError):
    """Operands whose shapes an operation cannot take; the message says what they must be."""


@dataclass(frozen=True)
class ArrayOperation(LabOperation):
    """An operation on vectors and matrices, of float64.

    Its `latex_partials` say what becomes of the node's gradient, at {g}, on its way to each operand.
    """

    array: Callable[..., Any] = field(kw_only=True)  # the value, of NumPy and the operands
    # Of NumPy, the node's gradient, the operands and the node's own value: the gradient of each operand.
    pulls: tuple[Callable[..., Any], ...] = field(kw_only=True)
    shape: Callable[..., Shape] = field(kw_only=True)  # of the shapes of the operands; raises ShapeError
    to_number: bool = field(default=False, kw_only=True)  # whether its value is always a number
