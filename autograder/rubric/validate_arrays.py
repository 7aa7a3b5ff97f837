"""Find what does not fit together in a graph of vectors and matrices."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograder.graph import Graph, GraphError, derivative_name, shape_of
from autograder.graph.operation import Shape, Value
from autograder.graph.quantities import derivative, expected
from autograder.rubric.draw import MOST_ELEMENTS
from autograder.rubric.schema import GraphEntry

Problem = tuple[tuple[str | int, ...], str]


def problems(graph: Graph, entry: GraphEntry) -> Iterator[Problem]:
    """What does not fit in the sets of inputs of a graph, as (keys within its entry, sentence)."""
    for label, inputs in entry.inputs.items():
        uneven = [name for name, value in inputs.items() if isinstance(value, list) and shape_of_lists(value) is None]
        for name in uneven:
            yield ("inputs", label, name), f"{name} must be a list of numbers, or a list of rows that are equally long"
        if not uneven and set(graph.inputs) <= set(inputs):
            given = graph.given({name: inputs[name] for name in graph.inputs})
            yield from _misfits(graph, label, inputs, given)


def no_derivative(graph: Graph, inputs: Mapping[str, Value], quantity: str) -> str:
    """Why a derivative is no array of numbers that belong to one operand; "" if it is one, or no derivative."""
    link = derivative(graph, quantity)
    if link is None or not graph.has_arrays:
        return ""
    try:
        expected(graph, [quantity], inputs)
    except LookupError:
        of, wrt = link
        return (
            f"{quantity} would need a number for each pair of elements of {of} and {wrt}: ask for "
            f"{derivative_name(graph.output, wrt)}, the gradient of the graph's output"
        )
    return ""


def output_shape(graph: Graph, inputs: Mapping[str, Value]) -> Shape:
    """The shape of a graph's output with these inputs; () if it is a number, or cannot be computed."""
    try:
        shapes = graph.shapes({name: getattr(inputs[name], "shape", ()) for name in graph.inputs})
    except GraphError:
        return ()  # it is reported with the inputs
    return shapes.get(graph.output, ())


def _misfits(graph: Graph, label: str, written: Mapping[str, Any], given: Mapping[str, Value]) -> Iterator[Problem]:
    sizes = [value.size for value in given.values() if hasattr(value, "size")]
    if sum(sizes) > MOST_ELEMENTS:
        yield ("inputs", label), f"the arrays of one call may have {MOST_ELEMENTS} elements together, not {sum(sizes)}"
        return
    try:
        shapes = graph.shapes({name: shape_of(value) for name, value in given.items()})
    except GraphError as error:
        yield ("nodes", *([error.node] if error.node else [])), f"with the inputs {label!r}: {error}"
        return
    for node in graph.nodes:
        if node.operation == "cross_entropy" and isinstance(name := node.operands[1], str) and name in given:
            for problem in _wrong_labels(written[name], shapes[node.names[0]]):
                yield ("inputs", label, name), problem


def _wrong_labels(labels: Sequence[float], logits: Shape) -> Iterator[str]:
    wrong = [label for label in labels if label not in range(logits[-1])]
    if wrong:
        yield f"a label is the number of a class, from 0 to {logits[-1] - 1}; {wrong[0]} is none"


def shape_of_lists(value: Any) -> Shape | None:
    """The shape of nested lists of numbers; None if rows differ in length, or something else is in them."""
    if not isinstance(value, list):
        return () if type(value) in (int, float) else None
    shapes = {shape_of_lists(row) for row in value}
    inner = shapes.pop() if len(shapes) == 1 else None
    return None if inner is None else (len(value), *inner)
