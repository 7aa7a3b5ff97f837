"""Operations that students compute instead of those of a graph: the value, and its derivatives."""

from collections.abc import Callable, Mapping
from math import atan, copysign, erf, exp, expm1, log, pi, sqrt
from types import MappingProxyType

from autograder.graph import OPERATIONS, Operation

# These never raise.
SIGMOID, EXP, LOG, RATIO, SOFTPLUS = (OPERATIONS[name].forward for name in ("sigmoid", "exp", "log", "/", "softplus"))


def _sigmoid_slope(a: float) -> float:
    return SIGMOID(a) * (1 - SIGMOID(a))


def _normal(a: float) -> float:
    """The standard normal distribution function."""
    return (1 + erf(a / sqrt(2))) / 2


def _gelu_slope(a: float) -> float:
    return _normal(a) + a * exp(-a * a / 2) / sqrt(2 * pi)


def _silu_slope(a: float) -> float:
    return SIGMOID(a) + a * _sigmoid_slope(a)


SELU = 1.0507009873554805, 1.6732632423543772  # its scale and its alpha, as in torch


def _applied(outer: str, inner: str) -> Operation:
    """A function of the result of an operation with two operands, by the chain rule."""
    apply, of = OPERATIONS[outer], OPERATIONS[inner]

    def partial(index: int) -> Callable[[float, float, float], float]:
        def derivative(a: float, b: float, y: float) -> float:
            between = of.forward(a, b)
            return apply.partials[0](between, y) * of.partials[index](a, b, between)

        return derivative

    return Operation(f"{outer} of {inner}", lambda a, b: apply.forward(of.forward(a, b)), (partial(0), partial(1)))


def _one_after(outer: str, inner: str) -> Operation:
    """A function of a function, by the chain rule."""
    apply, of = OPERATIONS[outer], OPERATIONS[inner]

    def derivative(a: float, y: float) -> float:
        between = of.forward(a)
        return apply.partials[0](between, y) * of.partials[0](a, between)

    return Operation(f"{outer} of {inner}", lambda a: apply.forward(of.forward(a)), (derivative,))


ADDED = {"relu": "a ReLU", "sigmoid": "a sigmoid", "tanh": "tanh"}  # that students apply where the graph has none


TO = ("*", "+", "-")


TWO = [(outer, inner) for outer in ADDED for inner in ADDED if outer != inner]


# What students compute instead, where no operation of a graph does it: the value, and its derivatives.
# fmt: off
STUDENT_OPERATIONS: Mapping[str, Operation] = MappingProxyType({**OPERATIONS, **{operation.name: operation for operation in (
    *(_applied(outer, inner) for outer in ADDED for inner in TO),
    *(_one_after(outer, inner) for outer, inner in TWO),
    Operation("sigmoid slope", _sigmoid_slope, (lambda a, y: y * (1 - 2 * SIGMOID(a)),)),
    Operation("sigmoid squared", lambda a: SIGMOID(a) ** 2, (lambda a, y: 2 * SIGMOID(a) * _sigmoid_slope(a),)),
    Operation("nothing", lambda a: 0.0, (lambda *_: 0.0,)),
    Operation("same", lambda a: a, (lambda *_: 1.0,)),
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
    Operation("gelu", lambda a: a * _normal(a), (lambda a, y: _gelu_slope(a),)),
    Operation("elu", lambda a: a if a > 0 else expm1(a), (lambda a, y: 1.0 if a > 0 else exp(a),)),
    Operation("selu", lambda a: SELU[0] * (a if a > 0 else SELU[1] * expm1(a)), (lambda a, y: SELU[0] * (1.0 if a > 0 else SELU[1] * exp(a)),)),
    Operation("silu", lambda a: a * SIGMOID(a), (lambda a, y: _silu_slope(a),)),
    Operation("relu6", lambda a: min(max(a, 0.0), 6.0), (lambda a, y: float(0 < a < 6),)),
    Operation("unit clamp", lambda a: min(max(a, 0.0), 1.0), (lambda a, y: float(0 < a < 1),)),
    Operation("hard tanh", lambda a: min(max(a, -1.0), 1.0), (lambda a, y: float(-1 < a < 1),)),
    Operation("hard sigmoid", lambda a: min(max(a / 6 + 0.5, 0.0), 1.0), (lambda a, y: float(-3 < a < 3) / 6,)),
    Operation("steep hard sigmoid", lambda a: min(max(a / 5 + 0.5, 0.0), 1.0), (lambda a, y: float(-2.5 < a < 2.5) / 5,)),
    Operation("log sigmoid", lambda a: -SOFTPLUS(-a), (lambda a, y: SIGMOID(-a),)),
    Operation("half tanh", lambda a: SIGMOID(2 * a), (lambda a, y: 2 * y * (1 - y),)),
    Operation("arctan", atan, (lambda a, y: 1 / (1 + a * a),)),
    Operation("normal", _normal, (lambda a, y: exp(-a * a / 2) / sqrt(2 * pi),)),
    Operation("sigmoid minus", lambda a: RATIO(1.0, 1 - EXP(-a)), (lambda a, y: y * (1 - y),)),
    Operation("one", lambda a: 1.0, (lambda *_: 0.0,)),
    Operation("opposite", lambda a: -a, (lambda *_: -1.0,)),
    Operation("square", lambda a: a * a, (lambda a, y: 2 * a,)),
    Operation("log 10", lambda a: LOG(a) / log(10), (lambda a, y: RATIO(1.0, a * log(10)),)),
    Operation("log 2", lambda a: LOG(a) / log(2), (lambda a, y: RATIO(1.0, a * log(2)),)),
    Operation("log1p", lambda a: LOG(1 + a), (lambda a, y: RATIO(1.0, 1 + a),)),
    Operation("expm1", lambda a: EXP(a) - 1, (lambda a, y: EXP(a),)),
    Operation("exp of minus", lambda a: EXP(-a), (lambda a, y: -y,)),
    Operation("distance", lambda a, b: abs(a - b), (lambda a, b, y: copysign(1.0, a - b), lambda a, b, y: copysign(1.0, b - a))),
    Operation("smooth", lambda a, b: a * a / 2 if abs(a) < 1 else abs(a) - 0.5, (lambda a, b, y: max(-1.0, min(1.0, a)), lambda *_: 0.0)),
    Operation("log cosh", lambda a, b: SOFTPLUS(2 * a) - a - log(2), (lambda a, b, y: 2 * SIGMOID(2 * a) - 1, lambda *_: 0.0)),
)}})
# fmt: on
