"""The closed form of gradient descent on a loss that is a quadratic polynomial in the only trained weight.

For L(w) = a w² + b w + c with a > 0 and learning rate η, the update w − η L'(w) = w − η (2 a w + b) gives

    wₖ = w* + (w₀ − w*) qᵏ,    Lₖ = L* + a (w₀ − w*)² q²ᵏ,    w* = −b / 2a,    L* = c − b² / 4a,    q = 1 − 2 η a
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from autograder.authoring.answer_key.exact import LONGEST, Exact, ExactNumber, Expression, number, rational
from autograder.graph import OPERATIONS, Graph
from autograder.graph.notation import factor, in_latex, symbol

_power = OPERATIONS["**"].forward  # gives infinity where Python's ** raises OverflowError
RATE = r"\mathit{lr}"


@dataclass(frozen=True)
class ClosedForm:
    """The numbers of the closed form, as the module's docstring names them."""

    lines: tuple[tuple[str, ...], ...]  # its derivation in LaTeX, in pieces as those of an Equation
    start: float  # w₀
    a: float
    best: float  # w*, where the loss is lowest
    lowest: float  # L*
    ratio: float  # q, by which the distance from w* is multiplied in each epoch
    largest_rate: float  # 1/a: training converges from any w₀ if and only if 0 < η < 1/a

    @property
    def converges(self) -> bool:
        """Whether training converges at this learning rate."""
        return abs(self.ratio) < 1

    def weight(self, epoch: int) -> float:
        """The weight before the update of an epoch; the first epoch is number 0."""
        return self.best + (self.start - self.best) * _power(self.ratio, epoch)

    def loss(self, epoch: int) -> float:
        """The loss before the update of an epoch."""
        return self.lowest + self.a * (self.start - self.best) ** 2 * _power(self.ratio, 2 * epoch)


def closed_form(exact: Exact, weights: Sequence[str], rate: float) -> ClosedForm | None:
    """The closed form of a training loop, or None if there is none.

    Args:
        exact: The graph at the inputs where training starts.
        weights: The inputs that are trained.
        rate: The learning rate.
    """
    graph = exact.graph
    if len(weights) != 1:
        return None
    (weight,) = weights
    found = _quadratic(exact.expression(graph.output, (weight,)), exact.symbols[weight])
    if found is None or not found[0] > 0:
        return None
    a, b, c = found
    start, best, lowest = exact.values[weight], -b / (2 * a), c - b**2 / (4 * a)
    ratio, largest = 1 - 2 * rational(rate) * a, 1 / a
    written = _quadratic(exact.expression(graph.output, graph.inputs), exact.symbols[weight]) or found
    names = {exact.symbols[name]: symbol(name) for name in graph.inputs}
    general = [sympy.latex(each, symbol_names=names) for each in written]
    lines = (
        (f"{symbol(graph.output)} = A {symbol(weight)}^2 + B {symbol(weight)} + C",),
        *(
            (sign, *([f"= {text}"] if len(text) <= LONGEST else []), *number(value).equals)
            for sign, text, value in zip("ABC", general, found, strict=True)
        ),
        *_solution(graph, weight, *map(number, (start, best, lowest, ratio, a))),
        (rf"0 < {RATE} < \frac{{1}}{{A}}", *number(largest).equals),
    )
    numbers = [number(each).value for each in (start, a, best, lowest, ratio, largest)]
    return ClosedForm(tuple(tuple(dict.fromkeys(line)) for line in lines), *numbers)


def _quadratic(loss: Expression, w: Expression) -> tuple[Expression, ...] | None:
    """The coefficients of w², w and 1 in the loss; None if it is not a quadratic polynomial in w."""
    try:
        polynomial = sympy.Poly(loss, w)
    except sympy.PolynomialError:  # such as a Piecewise, which a ReLU becomes
        return None
    return tuple(polynomial.coeff_monomial(w**power) for power in (2, 1, 0)) if polynomial.degree() == 2 else None


def _solution(
    graph: Graph,
    weight: str,
    start: ExactNumber,
    best: ExactNumber,
    lowest: ExactNumber,
    ratio: ExactNumber,
    a: ExactNumber,
) -> tuple[tuple[str, ...], ...]:
    """Lines for w*, L* and q, and for the weight and the loss before the update of epoch k."""
    w, loss = symbol(weight), symbol(graph.output)
    distance = start.value - best.value
    q = factor(in_latex(ratio.value), first=False)

    def law(end: float, amount: float, power: str) -> str:
        product = rf"{factor(in_latex(amount), first=not end)} \cdot {q}^{{{power}}}"
        return f"= {in_latex(end)} + {product}" if end else f"= {product}"

    return (
        (rf"{w}^\ast = -\frac{{B}}{{2 A}}", *best.equals),
        (rf"{loss}^\ast = C - \frac{{B^2}}{{4 A}}", *lowest.equals),
        (rf"q = 1 - 2 \cdot {RATE} \cdot A", *ratio.equals),
        (
            f"{w}^{{(k)}}",
            rf"= {w}^\ast + ({w}^{{(0)}} - {w}^\ast) \cdot q^k",
            law(best.value, distance, "k"),
        ),
        (
            f"{loss}^{{(k)}}",
            rf"= {loss}^\ast + A \cdot ({w}^{{(0)}} - {w}^\ast)^2 \cdot q^{{2 k}}",
            law(lowest.value, a.value * distance**2, "2 k"),
        ),
    )
