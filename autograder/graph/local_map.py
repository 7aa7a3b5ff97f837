"""The local derivative of a node by one operand, where values are arrays.

Along a chain of numbers a gradient is multiplied by a number. Along a chain of arrays it goes through a linear map:
`gradient * local` is the node's gradient on its way to the operand. So the chain rule is written as for numbers, and
no map is ever made a matrix.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.graph.derivative_site import DerivativeSite, Rule
from autograder.graph.operation import Shape, Value


@dataclass(frozen=True, eq=False)
class LocalMap:
    """What becomes of a node's gradient on its way to one operand.

    pull: the gradient of the operand, of the node's, before it is summed to the operand's shape
    shape: of the operand; None of a wrong map, whose results keep the shape that they have
    factor: the elementwise derivative, in the shape of the node; None if elements are combined
    """

    pull: Callable[[Value], Value]
    shape: Shape | None
    factor: Value | None = None

    __array_ufunc__ = None  # so that an array on the left leaves the product to this class

    def __rmul__(self, above: Value) -> Value:
        return as_value(self.pull(above)) if self.shape is None else summed_to(self.pull(above), self.shape)

    def __mul__(self, other: Value) -> "LocalMap":
        if isinstance(other, LocalMap):
            if self.factor is None or other.factor is None:
                raise ValueError("only elementwise derivatives can be multiplied")
            return elementwise(self.factor * other.factor, self.shape)
        return LocalMap(
            lambda above: self.pull(above) * other, self.shape, None if self.factor is None else self.factor * other
        )

    def __neg__(self) -> "LocalMap":
        return self * -1.0

    def __truediv__(self, number: float) -> "LocalMap":
        return self * (1.0 / number)

    def __add__(self, other: "LocalMap") -> "LocalMap":
        """Of an operand that is used twice: what comes along both ways."""
        if not isinstance(other, LocalMap) or self.shape != other.shape:
            raise ValueError("only derivatives by one operand can be added")
        both = None if self.factor is None or other.factor is None else self.factor + other.factor
        return LocalMap(lambda above: above * self + above * other, self.shape, both)


@dataclass(frozen=True)
class WholeRule:
    """A rule for a local derivative that is written for whole arrays, not for numbers; it gives a `LocalMap`."""

    of: Rule

    def __call__(self, site: DerivativeSite) -> Any:
        """The map at a site, whose values are arrays."""
        return self.of(site)


def elementwise(factor: Value, shape: Shape | None) -> LocalMap:
    """The map that multiplies each element by its own derivative. shape: of the operand."""
    return LocalMap(lambda above: above * factor, shape, factor)


def summed_to(gradient: Value, shape: Shape) -> Value:
    """A gradient in the shape of an operand that was broadcast: summed over the axes along which it was repeated."""
    gradient = np.asarray(gradient, dtype=np.float64)
    if gradient.shape != shape:
        gradient = gradient.sum(tuple(range(gradient.ndim - len(shape))))
        stretched = tuple(axis for axis, size in enumerate(shape) if size == 1 != gradient.shape[axis])
        gradient = np.broadcast_to(gradient.sum(stretched, keepdims=True), shape)
    return as_value(gradient)


def as_value(number: Any) -> Value:
    """A float, or an array of float64 with at least one axis."""
    if type(number) is float:
        return number
    array = np.asarray(number, dtype=np.float64)
    return array if array.ndim else float(array)
