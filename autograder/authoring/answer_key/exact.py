"""Exact arithmetic on a computation graph, with sympy: its values and derivatives without rounding."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mpmath
import sympy

from autograder.errors import UserError
from autograder.graph import OPERATIONS, Graph, Node
from autograder.graph.notation import digits, in_latex

LONGEST = 60  # characters of LaTeX: a longer exact value is not shown
MOST_OPERATIONS = 20  # in an exact value that is shown
LARGEST_DENOMINATOR = 999
MOST_PATHS = 100  # from the inputs to one node: with more, sympy takes seconds
DIGITS = 30  # to which sympy evaluates numbers
STEP_DIGITS, DIFFERENCE_DIGITS = 15, 60  # of central differences: the step is h = 10⁻¹⁵, the error O(h²) ≈ 10⁻³⁰

Expression = Any  # sympy ships no types


class NoKey(UserError):
    """A key of this lab cannot be written; str() is a sentence that says why."""


@dataclass(frozen=True)
class ExactNumber:
    """An exact result, as it is shown."""

    value: float  # rounded to float64
    exact: str = ""  # LaTeX of the exact value, if it is short and says more than six digits do
    rounded: bool = True  # whether six significant digits are not exact

    @property
    def equals(self) -> tuple[str, ...]:
        """LaTeX for what it equals, in one or two pieces: "= 1/3", "≈ 0.333333"."""
        exact = (f"= {self.exact}",) if self.exact else ()
        return (*exact, rf"\approx {in_latex(self.value)}" if self.rounded else f"= {in_latex(self.value)}")


def rational(number: float) -> Expression:
    """The number exactly as it is written in decimals: 0.1 is 1/10."""
    return sympy.Rational(repr(float(number)))


def number(exact: Expression) -> ExactNumber:
    """An exact value as it is shown. Raises OverflowError if it is too large for float64."""
    value = float(sympy.N(exact, DIGITS)) + 0.0  # not -0.0
    if not math.isfinite(value):
        raise OverflowError
    if exact.is_Rational:
        whole = exact.q == 1
        short = not whole and exact.q <= LARGEST_DENOMINATOR and len(str(exact.p)) <= 6
        return ExactNumber(value, sympy.latex(exact) if short else "", rational(float(digits(value))) != exact)
    latex = sympy.latex(exact, ln_notation=True) if exact.count_ops() <= MOST_OPERATIONS else ""
    return ExactNumber(value, latex if len(latex) <= LONGEST else "")


@dataclass(frozen=True)
class Exact:
    """A graph at exact inputs. Its methods raise NoKey if a value or a derivative is not a finite real number."""

    graph: Graph
    inputs: Mapping[str, float]
    where: str  # what the message of NoKey calls the graph

    @cached_property
    def symbols(self) -> Mapping[str, Expression]:
        """A symbol for each input and node."""
        return {name: sympy.Symbol(name, real=True) for name in self.graph.names}

    @cached_property
    def values(self) -> Mapping[str, Expression]:
        """The exact value of every input and node."""
        self._refuse_too_large()
        values = {name: rational(self.inputs[name]) for name in self.graph.inputs}
        for node in self.graph.nodes:
            kink = OPERATIONS[node.operation].kink
            if kink is not None and any(values[name] == rational(kink) for name in node.names):
                raise NoKey(
                    f"{self.where}: {node.text} has no derivative at {node.names[0]} = {kink:g}; choose other inputs"
                )
            values[node.name] = self._real(_apply(node, values), node.name)
        return values

    @cached_property
    def partials(self) -> Mapping[tuple[str, str], Expression]:
        """Every local derivative {(node, operand): ∂node/∂operand}, differentiated by sympy."""
        found = {}
        for node in self.graph.nodes:
            step = _apply(node, self.symbols)
            for operand in node.names:
                at = {self.symbols[name]: self.values[name] for name in node.names}
                derivative = sympy.diff(step, self.symbols[operand]).subs(at)
                found[node.name, operand] = self._real(derivative, f"d {node.name} / d {operand}")
        return found

    def expression(self, of: str, free: tuple[str, ...]) -> Expression:
        """The node `of` as an expression of the names in `free`, with numbers for all other inputs."""
        values = {
            name: self.symbols[name] if name in free else rational(self.inputs[name]) for name in self.graph.inputs
        }
        for node in self.graph.nodes:
            values[node.name] = self.symbols[node.name] if node.name in free else _apply(node, values)
            if node.name == of:
                break
        return values[of]

    def gradient(self, of: str, wrt: str) -> Expression:
        """∂of/∂wrt, by differentiating the whole expression at once."""
        whole = sympy.diff(self.expression(of, (wrt,)), self.symbols[wrt])
        return self._real(whole.subs(self.symbols[wrt], self.values[wrt]), f"d {of} / d {wrt}")

    def difference(self, of: str, wrt: str) -> float:
        """∂of/∂wrt ≈ (f(x + h) − f(x − h)) / 2h of the whole expression, with enough digits to avoid cancellation."""
        f = sympy.lambdify(self.symbols[wrt], self.expression(of, (wrt,)), "mpmath")
        return self._difference(f, wrt)

    def local_difference(self, node: Node, operand: str) -> float:
        """The same for one node, with its other operands held fixed."""
        at = {name: self.symbols[name] if name == operand else self.values[name] for name in node.names}
        return self._difference(sympy.lambdify(self.symbols[operand], _apply(node, at), "mpmath"), operand)

    def _difference(self, f: Callable[[Any], Any], wrt: str) -> float:
        with mpmath.workdps(DIFFERENCE_DIGITS):
            at = mpmath.mpf(str(sympy.N(self.values[wrt], DIFFERENCE_DIGITS)))
            step = mpmath.mpf(10) ** -STEP_DIGITS
            return float((f(at + step) - f(at - step)) / (2 * step))

    def _refuse_too_large(self) -> None:
        """An exact expression contains those of its operands, so it doubles with each node that is used twice."""
        length = dict.fromkeys(self.graph.inputs, 1)
        for node in self.graph.nodes:
            length[node.name] = sum(length[name] for name in node.names)
            if length[node.name] > MOST_PATHS:
                raise NoKey(
                    f"{self.where}: more than {MOST_PATHS} paths lead to {node.name}, too many for exact values"
                )

    def _real(self, exact: Expression, what: str) -> Expression:
        """`exact` itself if it is a finite real number. Raises NoKey otherwise."""
        try:
            if exact.is_real is not False and exact.is_finite is not False:
                number(exact)
                return exact
        except (TypeError, ValueError, OverflowError):  # complex, nan, or beyond what a float holds
            pass
        raise NoKey(f"{self.where}: {what} is not a finite number at these inputs; choose other inputs")


def _apply(node: Node, values: Mapping[str, Expression]) -> Expression:
    operands = [values[each] if isinstance(each, str) else rational(each) for each in node.operands]
    return OPERATIONS[node.operation].symbolic(sympy, *operands)
