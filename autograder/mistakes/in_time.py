"""The time that a search for an explanation may take: only words depend on it, never points."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
# Seconds of processor time for one search: eight times what the slowest takes with numbers. Matrices take longer.
SECONDS = 2.0


@dataclass(frozen=True)
class Until:
    """An end, as `time.process_time` counts: a busy machine does not make a search shorter."""

    end: float

    def left(self, things: Iterable[T]) -> Iterator[T]:
        """The things, one by one, until time is up."""
        for each in things:
            if time.process_time() >= self.end:
                return
            yield each


def from_now(seconds: float = SECONDS) -> Until:
    """The end of a search that begins now."""
    return Until(time.process_time() + seconds)
