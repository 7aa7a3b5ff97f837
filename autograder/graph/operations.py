"""The operations of a computation graph: one row each, which holds all that the grader knows of it.

Most are functions of numbers; on vectors and matrices they work element by element. An `ArrayOperation` is one that
only vectors and matrices have. Its functions are given the module NumPy, which only a lab with arrays imports.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from autograder.graph.array_operations import ARRAY_OPERATIONS
from autograder.graph.operation import LabOperation, Operand, always

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
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


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _whole_exponent(operands: Sequence[Operand]) -> bool:
    exponent = operands[1]
    return isinstance(exponent, float) and exponent >= 0 and exponent == int(exponent)


def _raised(base: str, exponent: str) -> str:
    return base + exponent.translate(SUPERSCRIPTS) if exponent.isdigit() else f"{base} ** {exponent}"


# fmt: off
OPERATIONS: Mapping[str, LabOperation] = MappingProxyType({operation.name: operation for operation in (
    LabOperation("+", lambda a, b: a + b, (lambda *_: 1.0, lambda *_: 1.0),
                 "{0} + {1}", ("1", "1"), "{0} + {1}".format, lambda sympy, a, b: a + b,
                 code="{0} + {1}", exact=always, linear=True),
    LabOperation("-", lambda a, b: a - b, (lambda *_: 1.0, lambda *_: -1.0),
                 "{0} - {1}", ("1", "-1"), "{0} − {1}".format, lambda sympy, a, b: a - b,
                 code="{0} - {1}", exact=always, linear=True),
    LabOperation("*", lambda a, b: a * b, (lambda a, b, y: b, lambda a, b, y: a),
                 r"{0} \cdot {1}", ("{1}", "{0}"), "{0} · {1}".format, lambda sympy, a, b: a * b,
                 code="{0} * {1}", exact=always),
    LabOperation("/", _divide, (lambda a, b, y: _divide(1.0, b), lambda a, b, y: -_divide(_divide(a, b), b)),
                 r"\frac{{{0}}}{{{1}}}", (r"\frac{{1}}{{{1}}}", r"-\frac{{{0}}}{{{1}^{{2}}}}"),
                 "{0} / {1}".format, lambda sympy, a, b: a / b, code="{0} / {1}"),
    LabOperation("**", _power,  # the exceptions are torch's: 0 where 0 * inf would make nan of a constant
                 (lambda a, b, y: 0.0 if b == 0 else b * _power(a, b - 1),
                  lambda a, b, y: 0.0 if a == 0 <= b else y * _log(a)),
                 "{0}^{{{1}}}", (r"{1} \cdot {0}^{{{1} - 1}}", r"{2} \cdot \ln({0})"),
                 _raised, lambda sympy, a, b: a**b, code="{0} ** {1}", exact=_whole_exponent),
    LabOperation("neg", lambda a: -a, (lambda *_: -1.0,), "-{0}", ("-1",), "−{0}".format, lambda sympy, a: -a,
                 code="-{0}", exact=always, linear=True),
    LabOperation("relu", lambda a: 0.0 if a <= 0 else a, (lambda a, y: 0.0 if a <= 0 else 1.0,),
                 r"\mathrm{{ReLU}}({0})", (r"[{0} > 0]",), "ReLU({0})".format,
                 lambda sympy, a: sympy.Piecewise((a, a > 0), (0, True)), exact=always, linear=True, kink=0.0),
    LabOperation("sigmoid", _sigmoid, (lambda a, y: y * (1 - y),), r"\sigma({0})", ("{1}(1 - {1})",),
                 "σ({0})".format, lambda sympy, a: 1 / (1 + sympy.exp(-a)), spellings=("σ",)),
    LabOperation("tanh", math.tanh, (lambda a, y: 1 - y * y,), r"\tanh({0})", ("1 - {1}^{{2}}",),
                 "tanh({0})".format, lambda sympy, a: sympy.tanh(a)),
    LabOperation("exp", lambda a: math.inf if a > _EXP_MAX else math.exp(a), (lambda a, y: y,),
                 "e^{{{0}}}", ("{1}",), "exp({0})".format, lambda sympy, a: sympy.exp(a)),
    LabOperation("log", _log, (lambda a, y: _divide(1.0, a),), r"\ln({0})", (r"\frac{{1}}{{{0}}}",),
                 "ln({0})".format, lambda sympy, a: sympy.log(a), spellings=("ln",)),
    LabOperation("abs", abs, (lambda a, y: float((a > 0) - (a < 0)),), "|{0}|",
                 (r"\mathrm{{sign}}({0})",), "|{0}|".format, lambda sympy, a: sympy.Abs(a), exact=always,
                 linear=True, kink=0.0),
    LabOperation("sqrt", lambda a: math.sqrt(a) if a >= 0 else math.nan,
                 (lambda a, y: _divide(1.0, 2 * y),), r"\sqrt{{{0}}}", (r"\frac{{1}}{{2 {1}}}",), "√({0})".format,
                 lambda sympy, a: sympy.sqrt(a)),
    LabOperation("softplus", _softplus, (lambda a, y: _sigmoid(a),), r"\mathrm{{softplus}}({0})",
                 (r"\sigma({0})",), "softplus({0})".format, lambda sympy, a: sympy.log(1 + sympy.exp(a))),
    *ARRAY_OPERATIONS,
)})
# fmt: on
