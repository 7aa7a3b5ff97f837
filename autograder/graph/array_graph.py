"""Computation graphs on vectors and matrices: the same graphs and the same operations, element by element.

graph = ArrayGraph(("X", "w", "y"), parse({"z": "X @ w", "loss": "mse(z, y)"}).nodes)
graph.gradients(graph.values({"X": X, "w": w, "y": y}))["w"]        # in the shape of w
"""

import contextlib
import functools
import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from autograder.graph.array_operations import broadcast
from autograder.graph.derivative_site import DerivativeSite, Rule
from autograder.graph.engine import Graph, GraphError, Link, Node, Step, step
from autograder.graph.local_map import LocalMap, WholeRule, as_value, elementwise
from autograder.graph.operation import ArrayOperation, Operation, Shape, ShapeError, Value
from autograder.graph.operations import OPERATIONS

NATIVE = ("+", "-", "*", "neg")  # what is written for numbers works for arrays as it is
np.seterr(all="ignore")  # infinity and nan are results that a student can have


class ArrayGraph(Graph):
    """A graph whose values are floats and arrays of float64. Its local derivatives are `LocalMap`s."""

    has_arrays = True
    _as_value = staticmethod(as_value)

    def shapes(self, inputs: Mapping[str, Shape]) -> dict[str, Shape]:
        """The shape of every input and node, from those of the inputs. Raises GraphError where two do not fit."""
        shapes = {name: inputs[name] for name in self.inputs}
        for node in self.nodes:
            operation = self.operations[node.operation]
            own = [shapes[each] if isinstance(each, str) else () for each in node.operands]
            try:
                shapes[node.name] = operation.shape(*own) if isinstance(operation, ArrayOperation) else broadcast(*own)
            except ShapeError as error:
                have = " and ".join(f"{name} has shape {shapes[name]}" for name in node.names)
                raise GraphError(
                    f"Node `{node.name}`: `{node.text}` does not fit: {have}; {error}.", node.name
                ) from None
        return shapes

    def given(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Inputs, and settings beside them, with nested lists as arrays: of int64 for labels, else of float64."""
        return {
            name: np.array(value, dtype=np.int64 if name in self.labels else np.float64) if np.ndim(value) else value
            for name, value in inputs.items()
        }

    def probe(self, like: Mapping[str, Value], generator: random.Random, *, larger: bool = False) -> dict[str, Value]:
        """Inputs with no special values; see `Graph.probe`."""
        shapes = {name: np.shape(like[name]) for name in self.inputs}
        shapes = self._one_more(shapes) if larger else shapes
        return {name: self._probed(name, like[name], shapes[name], generator) for name in self.inputs}

    def _probed(self, name: str, like: Value, shape: Shape, generator: random.Random) -> Value:
        size = math.prod(shape)
        numbers: list[float] = [generator.uniform(-2, 2) for _ in range(size)]
        if name in self.labels:
            classes = sorted(set(np.ravel(like).tolist()))
            numbers = [*classes[:size], *generator.choices(classes, k=size - len(classes[:size]))]
        return np.array(numbers).reshape(shape) if shape else numbers[0]

    def _one_more(self, shapes: dict[str, Shape]) -> dict[str, Shape]:
        """Shapes with one sample more: as many first axes as possible grow together with that of the first input."""
        first = next((name for name in self.inputs if shapes[name]), None)
        if first is None:
            return shapes
        alike = [name for name in self.inputs if name != first and shapes[name][:1] == shapes[first][:1]]
        for others in (each for size in range(len(alike), -1, -1) for each in itertools.combinations(alike, size)):
            longer = {name: (shapes[name][0] + 1, *shapes[name][1:]) for name in (first, *others)}
            with contextlib.suppress(GraphError):
                self.shapes({**shapes, **longer})
                return {**shapes, **longer}
        return shapes

    def local_value(self, local: Mapping[Link, Any], link: Link) -> Value:
        """What a local derivative is worth as a quantity: of a node that is a number, its gradient; of any other node,
        the elementwise derivative by an operand of the same shape. Raises LookupError where there is none."""
        found = local[link]
        if not isinstance(found, LocalMap):
            raise LookupError(link)
        shape = _shapes(local).get(link[0], ())
        if not shape:
            return 1.0 * found
        if found.factor is None or found.shape != shape:
            raise LookupError(f"d {link[0]} / d {link[1]} is no array of one derivative for each element")
        return np.broadcast_to(as_value(found.factor), shape).copy()

    def ruled(self, rule: Rule, site: DerivativeSite) -> Any:
        """What a rule that is written for numbers gives for each element. A node that combines elements has one map for
        all of them, of which a rule can change the sign or the size."""
        right: Any = site.right  # a `LocalMap`, as of every local derivative of this graph
        if right.factor is None or isinstance(rule, WholeRule):
            changed = rule(site)
            if not isinstance(changed, LocalMap):
                raise ValueError("this derivative is no number for each element")
            return changed
        arrays = np.broadcast_arrays(*site.operands, site.value, right.factor)
        found = np.empty(arrays[0].shape)
        for place in np.ndindex(found.shape):
            *operands, value, factor = (float(each[place]) for each in arrays)
            values = _At(site.values, place, found.shape)
            found[place] = rule(DerivativeSite(tuple(operands), site.position, value, factor, values))
        return elementwise(as_value(found), right.shape)

    def as_local(self, value: Value, right: Any) -> Any:
        """A student's own elementwise derivative in the place of the right one."""
        return elementwise(value, right.shape)

    def backward(
        self,
        local: Mapping[Link, Any],
        of: str | None = None,
        *,
        instead: Mapping[str, Value] = MappingProxyType({}),
        wrt: tuple[str, ...] | None = None,
    ) -> dict[str, Value]:
        """The chain rule, from a node that is a number: each gradient in the shape of what it belongs to.

        Of any other node only its local derivatives are known; see `local_value`.
        """
        shapes = _shapes(local)
        if of is not None and shapes.get(of, ()):
            links = ((of, name) for name in next(node for node in self.nodes if node.name == of).names)
            return {
                link[1]: self.local_value(local, link)
                for link in links
                if link not in self.bypassed and _is_elementwise(local[link], shapes[of])
            }
        found = super().backward(local, of, instead=instead, wrt=wrt)
        return {
            name: _filled(value, shapes.get(name, ())) if isinstance(value, float) else value
            for name, value in found.items()
        }

    def sides(self, inputs: Mapping[str, Value]) -> tuple[bool, ...]:
        """The kind of these inputs: for each operation with a kink, whether any element is on its upper side, and
        whether all are."""
        values = self.values(inputs)
        found: list[bool] = []
        for node in self.nodes:
            kink = getattr(self.operations[node.operation], "kink", None)
            operand = node.operands[0]
            if kink is not None and isinstance(operand, str):
                above = np.asarray(values[operand]) > kink
                found += [bool(above.any()), bool(above.all())]
        return tuple(found)

    @staticmethod
    def _step(node: Node, operation: Operation) -> Step:
        return step(node, on_arrays(operation))


class _At(Mapping[str, float]):
    """The elements at one place of all arrays of a shape, and the numbers. Raises LookupError for other arrays."""

    def __init__(self, values: Mapping[str, Value], place: tuple[int, ...], shape: Shape) -> None:
        self._values, self._place, self._shape = values, place, shape

    def __getitem__(self, name: str) -> float:
        value = self._values[name]
        if np.ndim(value) and np.shape(value) != self._shape:
            raise LookupError(name)
        return float(value[self._place]) if np.ndim(value) else float(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


_Partial: Any = functools.partial  # what it makes gives a `LocalMap`, where `Operation` says float


@functools.lru_cache(maxsize=1024)
def on_arrays(operation: Operation) -> Operation:
    """An operation as it works on arrays; its partials give a `LocalMap` each."""
    arity = operation.arity
    if isinstance(operation, ArrayOperation):
        forward = functools.partial(_whole, operation.array)
        partials = tuple(_Partial(_pulled, *pair) for pair in zip(operation.pulls, range(arity), strict=True))
        return Operation(operation.name, forward, partials)
    if operation is OPERATIONS.get(operation.name) and operation.name in NATIVE:
        partials = tuple(_Partial(_native, *pair) for pair in zip(operation.partials, range(arity), strict=True))
        return Operation(operation.name, operation.forward, partials)
    forward = functools.partial(_each, np.frompyfunc(operation.forward, arity, 1))
    each = (np.frompyfunc(partial, arity + 1, 1) for partial in operation.partials)
    return Operation(
        operation.name, forward, tuple(_Partial(_by_element, *pair) for pair in zip(each, range(arity), strict=True))
    )


def _whole(function: Callable[..., Any], *operands: Value) -> Value:
    return as_value(function(np, *map(np.asarray, operands)))


def _pulled(pull: Callable[..., Any], position: int, *operands_and_value: Value) -> LocalMap:
    arrays = [np.asarray(each) for each in operands_and_value]
    return LocalMap(lambda above: pull(np, above, *arrays), arrays[position].shape)


def _each(function: Callable[..., Any], *operands: Value) -> Value:
    return as_value(function(*operands))


def _native(partial: Callable[..., Any], position: int, *operands_and_value: Value) -> LocalMap:
    return elementwise(partial(*operands_and_value), np.shape(operands_and_value[position]))


def _by_element(partial: Callable[..., Any], position: int, *operands_and_value: Value) -> LocalMap:
    shape = np.shape(operands_and_value[position])
    return elementwise(as_value(partial(*operands_and_value)), shape)


def _shapes(local: Mapping[Link, Any]) -> dict[str, Shape]:
    """The shape of everything that a node uses, as far as its local derivatives say it."""
    maps = ((operand, each) for (_, operand), each in local.items() if isinstance(each, LocalMap))
    return {operand: each.shape for operand, each in maps if each.shape is not None}


def _is_elementwise(local: Any, shape: Shape) -> bool:
    return isinstance(local, LocalMap) and local.factor is not None and local.shape == shape


def _filled(number: float, shape: Shape) -> Value:
    return np.full(shape, number) if shape else number
