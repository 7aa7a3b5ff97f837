"""The graph of a function of which only the reference says what is right: its results, each from all of its inputs."""

from collections.abc import Callable, Mapping
from typing import NoReturn

import numpy as np

from autograder.graph.array_graph import ArrayGraph
from autograder.graph.engine import Node
from autograder.graph.operation import Operation, Shape, Value


class ReferenceGraph(ArrayGraph):
    """It has names and no values: what it computes is not known here."""

    is_known = False

    @staticmethod
    def is_name(text: str) -> bool:
        """A name, or one with dots, as the gradient of a class's parameter has: "hidden.weight.grad"."""
        return all(map(ArrayGraph.is_name, text.split(".")))

    def given(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Inputs with nested lists as arrays: of int64 where all elements are whole, as labels are, else of float64."""
        return {name: np.array(value) if np.ndim(value) else value for name, value in inputs.items()}

    def values(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """The inputs alone."""
        return dict(inputs)

    def shapes(self, inputs: Mapping[str, Shape]) -> dict[str, Shape]:
        """The shapes of the inputs alone."""
        return dict(inputs)

    def sides(self, inputs: Mapping[str, Value]) -> tuple[bool, ...]:
        """Nothing: no inputs are known to be of another kind."""
        return ()


def reference_graph(inputs: tuple[str, ...], returns: tuple[str, ...]) -> ReferenceGraph:
    """The graph of a function that has none in the rubric."""
    unknown: tuple[Callable[..., NoReturn], ...] = (_unknown,) * len(inputs)
    operation = Operation("reference", _unknown, unknown)
    nodes = tuple(Node(name, operation.name, inputs) for name in returns)
    return ReferenceGraph(inputs, nodes, {operation.name: operation})


def _unknown(*_: Value) -> NoReturn:
    raise ValueError("only the reference computes this")
