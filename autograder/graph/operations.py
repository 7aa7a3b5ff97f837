"""The operations of a computation graph: one row each, which holds all that the grader knows of it."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Operand = str | float  # the name of an input or a node, or a number
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


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


def _never(operands: Sequence[Operand]) -> bool:
    return False


def _always(operands: Sequence[Operand]) -> bool:
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
    exact: Callable[[Sequence[Operand]], bool] = _never  # whether short decimals give a short decimal
    linear: bool = False  # whether its derivatives are constants, on each side of a kink
    kink: float | None = None  # the operand at which it has no derivative

    @property
    def source(self) -> str:
        """The template of how a rubric writes it."""
        return self.code or f"{self.name}({', '.join(f'{{{index}}}' for index in range(self.arity))})"


_EXP_MAX = math.log(sys.float_info.max)  # beyond, Python raises where IEEE 754, and torch, return inf


def _divide(a: float, b: float) -> float:
    return a / b if b != 0 else a * math.copysign(math.inf, b)  # 0 * inf is the nan of 0 / 0


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError) as error:  # where IEEE 754, and torch, return inf or nan
        if isinstance(error, ValueError) and base != 0:  # a negative number to a fractional power
            return math.nan
        return math.copysign(math.inf, base) if exponent % 2 == 1 else math.inf


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


def _sigmoid(x: float) -> float:
    small = math.exp(-abs(x))  # never overflows, whichever sign x has
    return 1 / (1 + small) if x >= 0 else small / (1 + small)


def _whole_exponent(operands: Sequence[Operand]) -> bool:
    exponent = operands[1]
    return isinstance(exponent, float) and exponent >= 0 and exponent == int(exponent)


def _raised(base: str, exponent: str) -> str:
    return base + exponent.translate(SUPERSCRIPTS) if exponent.isdigit() else f"{base} ** {exponent}"


# fmt: off
OPERATIONS: Mapping[str, LabOperation] = MappingProxyType({operation.name: operation for operation in (
    LabOperation("+", lambda a, b: a + b, (lambda *_: 1.0, lambda *_: 1.0),
                 "{0} + {1}", ("1", "1"), "{0} + {1}".format, lambda sympy, a, b: a + b,
                 code="{0} + {1}", exact=_always, linear=True),
    LabOperation("-", lambda a, b: a - b, (lambda *_: 1.0, lambda *_: -1.0),
                 "{0} - {1}", ("1", "-1"), "{0} − {1}".format, lambda sympy, a, b: a - b,
                 code="{0} - {1}", exact=_always, linear=True),
    LabOperation("*", lambda a, b: a * b, (lambda a, b, y: b, lambda a, b, y: a),
                 r"{0} \cdot {1}", ("{1}", "{0}"), "{0} · {1}".format, lambda sympy, a, b: a * b,
                 code="{0} * {1}", exact=_always),
    LabOperation("/", _divide, (lambda a, b, y: _divide(1.0, b), lambda a, b, y: -_divide(_divide(a, b), b)),
                 r"\frac{{{0}}}{{{1}}}", (r"\frac{{1}}{{{1}}}", r"-\frac{{{0}}}{{{1}^{{2}}}}"),
                 "{0} / {1}".format, lambda sympy, a, b: a / b, code="{0} / {1}"),
    LabOperation("**", _power,  # the exceptions are torch's: 0 where 0 * inf would make nan of a constant
                 (lambda a, b, y: 0.0 if b == 0 else b * _power(a, b - 1),
                  lambda a, b, y: 0.0 if a == 0 <= b else y * _log(a)),
                 "{0}^{{{1}}}", (r"{1} \cdot {0}^{{{1} - 1}}", r"{2} \cdot \ln({0})"),
                 _raised, lambda sympy, a, b: a**b, code="{0} ** {1}", exact=_whole_exponent),
    LabOperation("neg", lambda a: -a, (lambda *_: -1.0,), "-{0}", ("-1",), "−{0}".format, lambda sympy, a: -a,
                 code="-{0}", exact=_always, linear=True),
    LabOperation("relu", lambda a: 0.0 if a <= 0 else a, (lambda a, y: 0.0 if a <= 0 else 1.0,),
                 r"\mathrm{{ReLU}}({0})", (r"[{0} > 0]",), "ReLU({0})".format,
                 lambda sympy, a: sympy.Piecewise((a, a > 0), (0, True)), exact=_always, linear=True, kink=0.0),
    LabOperation("sigmoid", _sigmoid, (lambda a, y: y * (1 - y),), r"\sigma({0})", ("{1}(1 - {1})",),
                 "σ({0})".format, lambda sympy, a: 1 / (1 + sympy.exp(-a)), spellings=("σ",)),
    LabOperation("tanh", math.tanh, (lambda a, y: 1 - y * y,), r"\tanh({0})", ("1 - {1}^{{2}}",),
                 "tanh({0})".format, lambda sympy, a: sympy.tanh(a)),
    LabOperation("exp", lambda a: math.inf if a > _EXP_MAX else math.exp(a), (lambda a, y: y,),
                 "e^{{{0}}}", ("{1}",), "exp({0})".format, lambda sympy, a: sympy.exp(a)),
    LabOperation("log", _log, (lambda a, y: _divide(1.0, a),), r"\ln({0})", (r"\frac{{1}}{{{0}}}",),
                 "ln({0})".format, lambda sympy, a: sympy.log(a), spellings=("ln",)),
)})
# fmt: on
