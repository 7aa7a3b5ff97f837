"""Draw inputs from a secret key and a seed (the program's text, or a student), away from values at which different
mistakes give the same numbers."""

import functools
import hashlib
import hmac
import itertools
import math
import random
from bisect import bisect
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from autograder.graph import Graph, GraphError
from autograder.graph.operation import Value
from autograder.schema_errors import unknown_name

Interval = tuple[float, float]
USUAL: tuple[Interval, ...] = ((-2.0, 2.0),)
MOST_DRAWS = 1000
MOST_DECIMALS = 6
MOST_ELEMENTS = 4096  # of one call's arrays together


class DrawnArray(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"intervals": "from"}):
    """How a vector or a matrix is drawn: every element from the intervals, or as the number of one of the classes."""

    shape: tuple[int, ...]  # the size of each axis
    intervals: tuple[Interval, ...] = ()  # of every element; if there are neither these nor labels: from -2 to 2
    labels: int = 0  # how many classes there are; 0 if the elements are no labels


class Drawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"intervals": "from"}):
    """How inputs (or settings) are drawn. A draw is repeated while an input or node lies in an interval to avoid."""

    intervals: dict[str, tuple[Interval, ...] | DrawnArray]  # by input or setting: where a number comes from
    avoid: dict[str, tuple[Interval, ...]] = {}  # by input or node: a draw that comes to lie there is repeated
    decimals: int | dict[str, int] = 2  # of every number, or by name (2 for names that are missing)

    def decimals_of(self, name: str) -> int:
        """The number of decimals of one input."""
        return self.decimals if isinstance(self.decimals, int) else self.decimals.get(name, 2)


def draw(drawn: Drawn, graph: Graph, key: str, seed: str) -> dict[str, Value]:
    """Draw inputs. They are always the same for the same key and seed, and cannot be guessed without the key.

    Args:
        drawn: how to draw them.
        graph: the graph that they belong to.
        key: the secret key.
        seed: what they are drawn for.

    Raises ValueError if the intervals leave nothing to draw.
    """
    for inputs in draws(drawn, graph, key, seed):
        return inputs
    raise ValueError("the intervals to avoid leave nothing to draw")


def draws(drawn: Drawn, graph: Graph, key: str, seed: str) -> Iterator[dict[str, Value]]:
    """Yield the inputs that may be drawn for `seed`, with arguments as for `draw`: what is left of 1,000 draws."""
    digest = hmac.new(key.encode(), seed.encode(), hashlib.sha256).digest()
    generator = random.Random(digest)
    for _ in range(MOST_DRAWS):
        inputs = graph.given(
            {name: _drawn(generator, how, drawn.decimals_of(name)) for name, how in drawn.intervals.items()}
        )
        if _is_to_avoid(drawn, inputs):
            continue
        if not _is_to_avoid(drawn, graph.values({name: inputs[name] for name in graph.inputs})):
            yield inputs


def problems(drawn: Drawn, graph: Graph, settings: Collection[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What does not fit in a rubric's entry, as (keys within the entry, sentence).

    Args:
        drawn: the entry.
        graph: the graph that it belongs to.
        settings: names that may be drawn although they are not inputs.
    """
    nodes = {node.name for node in graph.nodes}
    if missing := [name for name in graph.inputs if name not in drawn.intervals]:
        yield ("from",), f"intervals are missing for {', '.join(missing)}; add them"
    for name in drawn.intervals:
        if name not in graph.inputs and name not in settings:
            yield ("from", name), unknown_name("input or setting", name, {*graph.inputs, *settings})
    for name in drawn.avoid:
        if name not in drawn.intervals and name not in nodes:
            yield ("avoid", name), unknown_name("input or node", name, {*drawn.intervals, *nodes})
    yield from _wrong_decimals(drawn)
    found = False
    for name, how in drawn.intervals.items():
        if isinstance(how, DrawnArray) and (problem := _wrong_array(how)):
            found = True
            yield ("from", name), problem
        elif how == ():
            found = True
            yield ("from", name), "give at least one interval, as in [[-2, 2]]"
    pairs_of = {name: how.intervals if isinstance(how, DrawnArray) else how for name, how in drawn.intervals.items()}
    for part, intervals in (("from", pairs_of), ("avoid", drawn.avoid)):
        for name, pairs in _wrong_way_round(intervals):
            found = True
            yield (part, name), f"an interval is [low, high]; {list(pairs)} has its ends in the wrong order"
    if not found and not missing and set(drawn.avoid) <= {*drawn.intervals, *nodes}:
        try:
            if wrong := [*_wrong_labels(drawn, graph)]:
                yield from wrong
                return
            draw(drawn, graph, "probe", "probe")
        except GraphError as error:
            yield ("from",), str(error)
        except ValueError as error:
            yield ("avoid",), f"{error}; make 'from' wider or 'avoid' narrower"


def _wrong_labels(drawn: Drawn, graph: Graph) -> Iterator[tuple[tuple[str, ...], str]]:
    """What `cross_entropy` takes as labels and is drawn as something else. Raises GraphError if shapes do not fit."""
    own = {name: drawn.intervals[name] for name in graph.inputs}
    shapes = graph.shapes({name: how.shape if isinstance(how, DrawnArray) else () for name, how in own.items()})
    for node in graph.nodes:
        if node.operation == "cross_entropy" and isinstance(how := own.get(node.names[1]), DrawnArray):
            classes = shapes[node.names[0]][-1]
            if not 0 < how.labels <= classes:
                better = f"{{ shape: {list(how.shape)}, labels: {classes} }}"
                yield ("from", node.names[1]), f"labels are numbers of classes, from 0 to {classes - 1}; write {better}"


def _wrong_way_round(intervals: Mapping[str, tuple[Interval, ...]]) -> Iterator[tuple[str, Interval]]:
    return ((name, pair) for name, pairs in intervals.items() for pair in pairs if pair[0] > pair[1])


def _wrong_decimals(drawn: Drawn) -> Iterator[tuple[tuple[str, ...], str]]:
    named = {} if isinstance(drawn.decimals, int) else drawn.decimals
    for name in named:
        if name not in drawn.intervals:
            yield ("decimals", name), unknown_name("input in 'from'", name, drawn.intervals)
    if not all(0 <= number <= MOST_DECIMALS for number in named.values() or [drawn.decimals_of("")]):
        yield ("decimals",), f"the number of decimals must be a whole number from 0 to {MOST_DECIMALS}"


def _wrong_array(how: DrawnArray) -> str:
    """What does not fit in how an array is drawn; "" if all does."""
    size = math.prod(how.shape)
    if not how.shape or min(how.shape) < 1 or size > MOST_ELEMENTS:
        return f"a shape is a list of sizes, such as [5, 3], with at most {MOST_ELEMENTS} elements in all"
    if how.intervals and how.labels:
        return "write either 'from', the intervals of the elements, or 'labels', how many classes there are"
    if how.labels and not 2 <= how.labels <= size:
        return f"with labels from 0 to {how.labels - 1}, there must be at least 2 classes, and an element for each"
    return ""


def _drawn(generator: random.Random, how: tuple[Interval, ...] | DrawnArray, decimals: int) -> Value:
    """A number, or the nested lists of an array."""
    if not isinstance(how, DrawnArray):
        return _uniform(generator, how, decimals)
    size = math.prod(how.shape)
    if how.labels:
        flat: list[float] = [*range(how.labels)]  # each class once, so that a mistake with any of them shows
        flat += [generator.randrange(how.labels) for _ in range(size - how.labels)]
        generator.shuffle(flat)
    else:
        flat = [_uniform(generator, how.intervals or USUAL, decimals) for _ in range(size)]
    return _nested(flat, how.shape)


def _nested(flat: Sequence[float], shape: Sequence[int]) -> Value:
    if len(shape) == 1:
        return list(flat)
    step = len(flat) // shape[0]
    return [_nested(flat[row * step : (row + 1) * step], shape[1:]) for row in range(shape[0])]


def _is_to_avoid(drawn: Drawn, values: Mapping[str, Value]) -> bool:
    """Whether one of these values lies in an interval to avoid."""
    return any(
        _any_between(values[name], low, high)
        for name, intervals in drawn.avoid.items()
        if name in values
        for low, high in intervals
    )


def _any_between(value: Value, low: float, high: float) -> bool:
    """Whether a number, or any element of an array, lies in an interval."""
    if isinstance(value, float | int):
        return low <= value <= high
    return bool(((low <= value) & (value <= high)).any())


def _uniform(generator: random.Random, intervals: tuple[Interval, ...], decimals: int) -> float:
    """A number with so many decimals, uniform over all the intervals together."""
    lengths = _lengths(intervals)
    low, high = intervals[bisect(lengths, generator.random() * lengths[-1], hi=len(intervals) - 1)]
    return round(generator.uniform(low, high), decimals)


@functools.cache
def _lengths(intervals: tuple[Interval, ...]) -> Sequence[float]:
    """The length of the first interval, of the first two, and so on."""
    return list(itertools.accumulate(high - low + 1e-9 for low, high in intervals))
