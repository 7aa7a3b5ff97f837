"""The results of a graph on vectors and matrices: in float64, and as exact fractions where there are any.

With decimals as inputs, sums, products, whole powers and means are fractions. They are computed element by element with
Python's Fraction: so the key knows which decimals are exact. Of a sigmoid or a logarithm there is only float64.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import numpy as np
import sympy

from autograder.authoring.answer_key.exact import NoKey
from autograder.authoring.answer_key.matrix import Matrix, matrix
from autograder.graph import OPERATIONS, ArrayOperation, Graph, LabOperation, Link, Node
from autograder.graph.array_formulas import summed_axes
from autograder.graph.operation import Shape, Value

MOST_EXACT = 1000  # numbers in a graph, values of inputs and nodes together: with more, fractions take seconds

Fractions = Any  # a NumPy array of Fractions, with no axis for a number
Rational = Callable[..., Fractions]  # of arrays of Fractions; raises _NotRational

_NotRational = (TypeError, AttributeError)  # what NumPy raises where it has no function for Fractions


@dataclass(frozen=True)
class ArrayResults:
    """A graph at its published inputs. The methods raise NoKey where a number is not finite."""

    graph: Graph
    inputs: Mapping[str, Value]
    where: str  # what the message of NoKey calls the graph

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """Every input and node in float64."""
        for node in self.graph.nodes:
            self._refuse_kink(node)
            self._finite(self._floats[node.name], node.name)
        return self._floats

    @cached_property
    def _floats(self) -> Mapping[str, Value]:
        return self.graph.values({name: self.inputs[name] for name in self.graph.inputs})

    @cached_property
    def local(self) -> Mapping[Link, Any]:
        """The local derivatives, as the chain rule takes them."""
        return self.graph.partials(self.values)

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The shape of every input and node."""
        return {name: np.shape(value) for name, value in self.values.items()}

    @cached_property
    def elementwise(self) -> Mapping[Link, Value]:
        """The local derivatives that are an array with a number for each element, of nodes that are arrays."""
        found = {}
        for link in ((node.name, name) for node in self.graph.nodes for name in node.names):
            if self.shapes[link[0]] and link not in self.graph.bypassed:
                with suppress(LookupError):  # it combines elements
                    found[link] = self._finite(self.graph.local_value(self.local, link), f"d {link[0]} / d {link[1]}")
        return found

    def gradients(self, of: str) -> Mapping[str, Value]:
        """The gradient of a node that is a number, by every input and node before it."""
        found = self.graph.backward(self.local, of)
        return {name: self._finite(value, f"d {of} / d {name}") for name, value in found.items()}

    @cached_property
    def exact_values(self) -> Mapping[str, Fractions]:
        """The exact value of each input and node that has one."""
        if sum(map(np.size, self._floats.values())) > MOST_EXACT:
            return {}
        exact = {name: _fractions(self._floats[name]) for name in self.graph.inputs}
        for node in self.graph.nodes:
            operands = _operands(node, exact)
            if operands is not None:
                with suppress(*_NotRational):
                    exact[node.name] = _checked(_forward(OPERATIONS[node.operation])(*operands))
        return exact

    @cached_property
    def exact_elementwise(self) -> Mapping[Link, Fractions]:
        """The exact local derivatives that have a number for each element."""
        found: dict[Link, Fractions] = {}
        for node in self.graph.nodes:
            for link in ((node.name, name) for name in node.names):
                places = [place for place, each in enumerate(node.operands) if each == link[1]]
                total = _total([self._factor(node, place) for place in places])
                if link in self.elementwise and total is not None:
                    found[link] = np.broadcast_to(total, self.shapes[node.name])
        return found

    def exact_gradients(self, of: str) -> Mapping[str, Fractions]:
        """The exact gradients of a node that is a number; those that are no fractions are left out."""
        ways: dict[str, list[Fractions | None]] = {of: [np.asarray(Fraction(1), dtype=object)]}
        for node in reversed(self.graph.nodes):
            if node.name in ways:
                above = _total(ways[node.name])
                for place, name in enumerate(node.operands):
                    if isinstance(name, str):
                        ways.setdefault(name, []).append(self._carried(node, place, above))
        return {name: total for name, parts in ways.items() if (total := _total(parts)) is not None}

    def shown(self, name: str) -> Matrix:
        """The value of an input or a node, as it is shown."""
        return matrix(self.values[name], self.exact_values.get(name))

    def _carried(self, node: Node, place: int, above: Fractions | None) -> Fractions | None:
        """What a node adds to the gradient of one of its operands; None if it is no fraction."""
        operation, operands = OPERATIONS[node.operation], _operands(node, self.exact_values)
        if above is None or operands is None:
            return None
        if isinstance(operation, ArrayOperation):
            with suppress(*_NotRational):
                value = np.asarray(self.exact_values.get(node.name), dtype=object)
                return _checked(operation.pulls[place](np, above, *operands, value))
            return None
        factor = self._factor(node, place)
        return None if factor is None else _summed_to(above * factor, operands[place].shape)

    def _factor(self, node: Node, place: int) -> Fractions | None:
        """The elementwise derivative of a node by one operand; None if it is no fraction."""
        operation, operands = OPERATIONS[node.operation], _operands(node, self.exact_values)
        if isinstance(operation, ArrayOperation) or operands is None:
            return None
        with suppress(*_NotRational):
            return _checked(_derivative(operation, place)(*operands))
        return None

    def _refuse_kink(self, node: Node) -> None:
        """Refuse inputs at which an operation has no derivative: rounding decides on which side a float is."""
        kink = OPERATIONS[node.operation].kink
        if kink is None:
            return
        for name in node.names:
            if np.any(self.exact_values.get(name, np.asarray(self._floats[name])) == kink):
                of = "an element of " if np.ndim(self._floats[name]) else ""
                raise NoKey(
                    f"{self.where}: {node.text} has no derivative where {of}{name} is {kink:g}; choose other inputs"
                )

    def _finite(self, value: Value, what: str) -> Value:
        if not np.isfinite(value).all():
            raise NoKey(f"{self.where}: {what} is not finite at these inputs; choose other inputs")
        return value


def _operands(node: Node, exact: Mapping[str, Fractions]) -> Sequence[Fractions] | None:
    """The exact operands of a node; None if one has no exact value."""
    found = [exact.get(each) if isinstance(each, str) else _fractions(each) for each in node.operands]
    return None if any(each is None for each in found) else found


def _total(parts: Sequence[Fractions | None]) -> Fractions | None:
    """The sum of what comes along several ways; None if some of it is no fraction."""
    exact = [part for part in parts if part is not None]
    return np.asarray(sum(exact[1:], exact[0]), dtype=object) if len(exact) == len(parts) else None


def _fractions(value: Value) -> Fractions:
    """Numbers exactly as they are written in decimals: 0.1 is 1/10."""
    return np.asarray(np.frompyfunc(lambda number: Fraction(repr(float(number))), 1, 1)(value), dtype=object)


def _checked(found: Any) -> Fractions:
    """What came out, if it is fractions and whole numbers; else _NotRational."""
    array = np.asarray(found, dtype=object)
    if not all(isinstance(each, Fraction | int) for each in array.flat):
        raise TypeError
    return array


@cache
def _forward(operation: LabOperation) -> Rational:
    if isinstance(operation, ArrayOperation):
        return lambda *operands: operation.array(np, *operands)
    return _by_sympy(lambda *operands: operation.symbolic(sympy, *operands), operation.arity)


@cache
def _derivative(operation: LabOperation, place: int) -> Rational:
    """The derivative by one operand, of sympy: the table's own is for floats, and the two must agree."""
    symbols = [sympy.Symbol(f"a{number}", real=True) for number in range(operation.arity)]
    formula = sympy.diff(operation.symbolic(sympy, *symbols), symbols[place])
    return _by_sympy(sympy.lambdify(symbols, formula, "sympy"), operation.arity)


def _by_sympy(function: Callable[..., Any], arity: int) -> Rational:
    """A function of sympy's rational numbers, element by element on arrays of Fractions."""

    def of_one(*operands: Fraction) -> Fraction:
        found = sympy.sympify(function(*(sympy.Rational(each.numerator, each.denominator) for each in operands)))
        if not found.is_Rational:
            raise TypeError
        return Fraction(int(found.p), int(found.q))

    return np.frompyfunc(of_one, arity, 1)


def _summed_to(gradient: Fractions, shape: Shape) -> Fractions:
    """A gradient in the shape of an operand that was repeated: summed over these axes."""
    gradient = np.asarray(gradient, dtype=object)
    return np.asarray(gradient.sum(summed_axes(gradient.shape, shape)), dtype=object).reshape(shape)
