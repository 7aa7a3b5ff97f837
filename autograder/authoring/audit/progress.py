"""How far an audit is: a bar for each stage in a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

EVERY = 10.0  # seconds between two plain lines

Stage = Literal[
    "mistakes compared",
    "mistakes graded",
    "draws of hidden inputs",
    "mistakes diagnosed",
    "pairs of mistakes",
    "wrong programs",
    "training of the reference",
]


class Progress:
    """Is told how far an audit is, and shows it nowhere."""

    def expect(self, stage: Stage, number: int) -> None:
        """So many things more are to be done in a stage."""

    def advance(self, stage: Stage) -> None:
        """One of them is done."""


@contextmanager
def shown(console: Console) -> Iterator[Progress]:
    """Show progress on a console."""
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as bars:
        yield InTerminal(bars)


class InTerminal(Progress):
    """A bar for each stage. One that stops before its end was cut short."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[Stage, TaskID] = {}
        self._totals: dict[Stage, int] = {}

    def expect(self, stage: Stage, number: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=0)
        self._totals[stage] = self._totals.get(stage, 0) + number
        self._bars.update(self._tasks[stage], total=self._totals[stage])

    def advance(self, stage: Stage) -> None:
        self._bars.advance(self._tasks[stage])


class Lines(Progress):
    """A line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed = time.monotonic()
        self._done: dict[Stage, int] = {}
        self._totals: dict[Stage, int] = {}

    def expect(self, stage: Stage, number: int) -> None:
        self._totals[stage] = self._totals.get(stage, 0) + number

    def advance(self, stage: Stage) -> None:
        self._done[stage] = self._done.get(stage, 0) + 1
        now = time.monotonic()
        if now - self._printed > EVERY:
            self._console.print(f"{stage}: {self._done[stage]:,} of {self._totals[stage]:,}", highlight=False)
            self._printed = now
