"""The closed form of gradient descent on a loss that is a quadratic polynomial in the only weight that is trained."""

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from autograder.authoring.answer_key.exact import LONGEST, Exact, ExactNumber, Expression, number, rational
from autograder.graph import OPERATIONS, Graph
from autograder.graph.notation import factor, in_latex, symbol

_power = OPERATIONS["**"].forward  # infinite where Python's own would raise
RATE = r"\mathit{lr}"


@dataclass(frozen=True)
class ClosedForm:
    """Gradient descent on a w² + b w + c with a > 0: the distance from the weight `best`, where the loss is `lowest`,
    is multiplied by `ratio` in each epoch. It converges from everywhere just when 0 < lr < `largest_rate` = 1/a.

    lines: all that as LaTeX, in pieces as those of an Equation, the weights and losses by the number k of the epoch.
    """

    lines: tuple[tuple[str, ...], ...]
    start: float
    a: float
    best: float
    lowest: float
    ratio: float
    largest_rate: float

    @property
    def converges(self) -> bool:
        """Whether it does at this learning rate."""
        return abs(self.ratio) < 1

    def weight(self, epoch: int) -> float:
        """The weight before the update of an epoch; the first is number 0."""
        return self.best + (self.start - self.best) * _power(self.ratio, epoch)

    def loss(self, epoch: int) -> float:
        """The loss with that weight."""
        return self.lowest + self.a * (self.start - self.best) ** 2 * _power(self.ratio, 2 * epoch)


def closed_form(exact: Exact, weights: Sequence[str], rate: float) -> ClosedForm | None:
    """The closed form of training `weights` from the graph's inputs on at the learning rate `rate`, if there is one."""
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
    """The coefficients of w², w and 1, where the loss is such a polynomial."""
    try:
        polynomial = sympy.Poly(loss, w)
    except sympy.PolynomialError:  # of a Piecewise, say, as a ReLU is
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
    """Where descent ends, how fast, and weight and loss before the update of epoch k."""
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
