"""The operations of a computation graph: one row each, its value beside its derivatives."""

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Operation:
    """One operation: its value and, side by side, its derivative with respect to each operand.

    `forward` takes the operands; each of `partials` the operands and then the node's own value y, so that
    sigmoid' is y(1 - y) of a student's own y too. LaTeX has the operands at {0}, {1}, the node itself next.
    """

    name: str
    arity: int
    forward: Callable[..., float]
    partials: tuple[Callable[..., float], ...]
    latex: str
    latex_partials: tuple[str, ...]


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


# fmt: off
OPERATIONS: Mapping[str, Operation] = MappingProxyType({operation.name: operation for operation in (
    Operation("+", 2, lambda a, b: a + b, (lambda *_: 1.0, lambda *_: 1.0), "{0} + {1}", ("1", "1")),
    Operation("-", 2, lambda a, b: a - b, (lambda *_: 1.0, lambda *_: -1.0), "{0} - {1}", ("1", "-1")),
    Operation("*", 2, lambda a, b: a * b,
              (lambda a, b, y: b, lambda a, b, y: a), r"{0} \cdot {1}", ("{1}", "{0}")),
    Operation("/", 2, _divide,
              (lambda a, b, y: _divide(1.0, b), lambda a, b, y: -_divide(_divide(a, b), b)),
              r"\frac{{{0}}}{{{1}}}", (r"\frac{{1}}{{{1}}}", r"-\frac{{{0}}}{{{1}^{{2}}}}")),
    Operation("**", 2, _power,  # the exceptions are torch's: 0 where 0 * inf would make nan of a constant
              (lambda a, b, y: 0.0 if b == 0 else b * _power(a, b - 1),
               lambda a, b, y: 0.0 if a == 0 <= b else y * _log(a)),
              "{0}^{{{1}}}", (r"{1} \cdot {0}^{{{1} - 1}}", r"{2} \cdot \ln({0})")),
    Operation("neg", 1, lambda a: -a, (lambda *_: -1.0,), "-{0}", ("-1",)),
    Operation("relu", 1, lambda a: 0.0 if a <= 0 else a, (lambda a, y: 0.0 if a <= 0 else 1.0,),
              r"\mathrm{{ReLU}}({0})", (r"[{0} > 0]",)),
    Operation("sigmoid", 1, _sigmoid, (lambda a, y: y * (1 - y),), r"\sigma({0})", ("{1}(1 - {1})",)),
    Operation("tanh", 1, math.tanh, (lambda a, y: 1 - y * y,), r"\tanh({0})", ("1 - {1}^{{2}}",)),
    Operation("exp", 1, lambda a: math.inf if a > _EXP_MAX else math.exp(a), (lambda a, y: y,),
              "e^{{{0}}}", ("{1}",)),
    Operation("log", 1, _log, (lambda a, y: _divide(1.0, a),), r"\ln({0})", (r"\frac{{1}}{{{0}}}",)),
)})
# fmt: on

KINKED = ("relu",)  # at 0
