"""The time that an audit may take, divided among its parts: what one leaves is used by those that follow."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Budget:
    """A time at which work ends. It is asked before each piece of work, so it may be passed by one piece.

    Budget.of(100).part(0.5).of_these(mistakes)     # those for which there is time in half of 100 seconds
    """

    ends: float = math.inf  # as `clock` says
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def of(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> "Budget":
        """So many seconds from now on."""
        return cls(clock() + seconds, clock)

    @property
    def spent(self) -> bool:
        """Whether time is up."""
        return self.clock() >= self.ends

    def part(self, share: float) -> "Budget":
        """A share of what is left: more than 0, at most 1."""
        now = self.clock()
        return replace(self, ends=now + share * max(0.0, self.ends - now))

    def of_these(self, work: Iterable[T]) -> Iterator[T]:
        """What there is time for."""
        return takewhile(lambda _: not self.spent, work)

    def divided(self, work: Sequence[T], size: Callable[[T], float]) -> Iterator[tuple[T, "Budget"]]:
        """Each thing with its own part of what is left by then. size: how much work one is, compared with the others;
        more than 0."""
        left = math.fsum(map(size, work))
        for each in work:
            yield each, self.part(min(1.0, size(each) / left))
            left -= size(each)


ENDLESS = Budget()
