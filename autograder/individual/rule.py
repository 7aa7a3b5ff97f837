"""Choose the rule by which a graph's published inputs are drawn for each student."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from autograder.graph import Graph, shape_of
from autograder.rubric.draw import Drawn, DrawnArray, Interval
from autograder.rubric.schema import GraphEntry


def draw_rule(entry: GraphEntry, graph: Graph) -> Drawn:
    """The rubric's own rule; without one, a rule derived from the published inputs.

    A derived rule draws each number with as many decimals as the published one, of the same order of magnitude and of
    the same sign. For a negative number either sign is drawn; 0 stays 0. A vector or a matrix keeps its shape, and its
    elements are drawn between the smallest and the largest that are published, 0 not counted; labels stay labels.
    """
    if entry.individual:
        return entry.individual
    published = entry.inputs["published"]
    classes = _classes(entry, graph)
    numbers = {name: [Decimal(str(each)).normalize() for each in _flat(value)] for name, value in published.items()}
    return Drawn(
        {
            name: _similar_array(value, numbers[name], classes.get(name, 0))
            if isinstance(value, list)
            else _similar_range(numbers[name][0])
            for name, value in published.items()
        },
        decimals={name: max(map(_decimals, each)) for name, each in numbers.items()},
    )


def _classes(entry: GraphEntry, graph: Graph) -> dict[str, int]:
    """How many classes there are for each input of labels."""
    if not graph.has_arrays:
        return {}
    published = graph.given({name: entry.inputs["published"][name] for name in graph.inputs})
    shapes = graph.shapes({name: shape_of(value) for name, value in published.items()})
    pairs = (node.operands for node in graph.nodes if node.operation == "cross_entropy")
    return {
        str(labels): min(shapes[str(logits)][-1], published[str(labels)].size)
        for logits, labels in pairs
        if labels in graph.inputs
    }


def _flat(value: Any) -> list[float]:
    """The numbers in nested lists."""
    return [number for row in value for number in _flat(row)] if isinstance(value, list) else [value]


def _similar_array(value: Any, numbers: Sequence[Decimal], classes: int) -> DrawnArray:
    shape: list[int] = []
    row = value
    while isinstance(row, list):
        shape.append(len(row))
        row = row[0]
    if classes:
        return DrawnArray(tuple(shape), labels=classes)
    sizes = sorted({abs(number) for number in numbers if number})
    if len(sizes) < 2:  # one number again and again, or nothing but zeros
        return DrawnArray(tuple(shape), _similar_range(next((each for each in numbers if each < 0), numbers[0])))
    above = float(sizes[0]), float(sizes[-1])
    both = ((-above[1], -above[0]), above) if any(number < 0 for number in numbers) else (above,)
    return DrawnArray(tuple(shape), both)


def _similar_range(number: Decimal) -> tuple[Interval, ...]:
    if not number:
        return ((0.0, 0.0),)
    low = Decimal(10) ** number.adjusted()
    high = 10 * low - Decimal(10) ** -_decimals(number)
    above = float(low), float(high)
    return (above,) if number > 0 else ((-above[1], -above[0]), above)


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
