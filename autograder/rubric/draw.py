"""Draw inputs from a secret key and a seed (the program's text, or a student), away from values at which different
mistakes give the same numbers."""

import hashlib
import hmac
import random
from collections.abc import Collection, Iterator, Mapping

import msgspec

from autograder.graph import Graph
from autograder.schema_errors import unknown_name

Interval = tuple[float, float]
MOST_DRAWS = 1000
MOST_DECIMALS = 6


class Drawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"intervals": "from"}):
    """How inputs (or settings) are drawn. A draw is repeated while an input or node lies in an interval to avoid."""

    intervals: dict[str, tuple[Interval, ...]]
    avoid: dict[str, tuple[Interval, ...]] = {}
    decimals: int | dict[str, int] = 2  # of every number, or by name (2 for names that are missing)

    def decimals_of(self, name: str) -> int:
        """The number of decimals of one input."""
        return self.decimals if isinstance(self.decimals, int) else self.decimals.get(name, 2)


def draw(drawn: Drawn, graph: Graph, key: str, seed: str) -> dict[str, float]:
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


def draws(drawn: Drawn, graph: Graph, key: str, seed: str) -> Iterator[dict[str, float]]:
    """Yield the inputs that may be drawn for `seed`, with arguments as for `draw`: what is left of 1,000 draws."""
    digest = hmac.new(key.encode(), seed.encode(), hashlib.sha256).digest()
    generator = random.Random(digest)
    for _ in range(MOST_DRAWS):
        inputs = {
            name: _uniform(generator, intervals, drawn.decimals_of(name)) for name, intervals in drawn.intervals.items()
        }
        values = {**inputs, **graph.values({name: inputs[name] for name in graph.inputs})}
        if not any(low <= values[name] <= high for name, intervals in drawn.avoid.items() for low, high in intervals):
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
    for part, intervals in (("from", drawn.intervals), ("avoid", drawn.avoid)):
        for name, pairs in _wrong_way_round(intervals):
            found = True
            yield (part, name), f"an interval is [low, high]; {list(pairs)} has its ends in the wrong order"
    if not found and not missing and set(drawn.avoid) <= {*drawn.intervals, *nodes}:
        try:
            draw(drawn, graph, "probe", "probe")
        except ValueError as error:
            yield ("avoid",), f"{error}; make 'from' wider or 'avoid' narrower"


def _wrong_way_round(intervals: Mapping[str, tuple[Interval, ...]]) -> Iterator[tuple[str, Interval]]:
    return ((name, pair) for name, pairs in intervals.items() for pair in pairs if pair[0] > pair[1])


def _wrong_decimals(drawn: Drawn) -> Iterator[tuple[tuple[str, ...], str]]:
    named = {} if isinstance(drawn.decimals, int) else drawn.decimals
    for name in named:
        if name not in drawn.intervals:
            yield ("decimals", name), unknown_name("input in 'from'", name, drawn.intervals)
    if not all(0 <= number <= MOST_DECIMALS for number in named.values() or [drawn.decimals_of("")]):
        yield ("decimals",), f"the number of decimals must be a whole number from 0 to {MOST_DECIMALS}"


def _uniform(generator: random.Random, intervals: tuple[Interval, ...], decimals: int) -> float:
    """A number with so many decimals, uniform over all the intervals together."""
    low, high = generator.choices(intervals, [high - low + 1e-9 for low, high in intervals])[0]
    return round(generator.uniform(low, high), decimals)
