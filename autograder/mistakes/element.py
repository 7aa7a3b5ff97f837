"""The elements of a quantity that is an array, each as a number of its own: a mistake has to explain all of them."""

from collections.abc import Iterator, Mapping

from autograder.graph import shape_of
from autograder.graph.operation import Shape, Value


class Element(str):
    """The name of one element: "W[0, 1]", of an array W of some shape."""

    of: str
    place: tuple[int, ...]
    shape: Shape

    def __new__(cls, of: str, place: tuple[int, ...], shape: Shape) -> "Element":
        """Name an element. shape: of the whole array, which belongs to what was returned."""
        element = super().__new__(cls, f"{of}[{', '.join(map(str, place))}] of {shape}")
        element.of, element.place, element.shape = of, place, shape
        return element


def by_element(values: Mapping[str, Value | None]) -> dict[str, float]:
    """Numbers by name: those of arrays by their `Element`s, without what is None."""
    return dict(pair for name, value in values.items() if value is not None for pair in _numbers(name, value))


def pick(value: Value, name: str) -> float:
    """The number that a name, of an element or of the whole, stands for. Raises LookupError if shapes differ."""
    shape = shape_of(value)
    if not isinstance(name, Element):
        if shape:
            raise LookupError(name)
        return float(value)
    if shape != name.shape:
        raise LookupError(name)
    return float(value[name.place])


def of_weights(weights: Mapping[str, Value], name: str) -> float:
    """The number of a weight, or of an element of one, that a name stands for. Raises LookupError."""
    return pick(weights[name.of if isinstance(name, Element) else name], name)


def flat(value: Value) -> list[float]:
    """The numbers of a value, with the sizes of its axes before them if it is an array."""
    shape = shape_of(value)
    return [*map(float, shape), *value.ravel().tolist()] if shape else [float(value)]


def by_value(inputs: Mapping[str, Value]) -> tuple[float, ...]:
    """All numbers of a set of inputs, by which it is told from others."""
    return tuple(number for value in inputs.values() for number in flat(value))


def _numbers(name: str, value: Value) -> Iterator[tuple[str, float]]:
    shape = shape_of(value)
    if not shape:
        yield name, float(value)
        return
    for position, number in enumerate(value.ravel().tolist()):
        index = []
        for size in reversed(shape):
            position, place = divmod(position, size)
            index.append(place)
        yield Element(name, tuple(reversed(index)), shape), number
