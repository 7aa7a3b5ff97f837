"""Show the progress of grading a class: a bar in a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.classroom.worker import Done

EVERY = 10.0  # seconds between two plain lines


@contextmanager
def show_progress(total: int, console: Console) -> Iterator[Callable[[Done], None]]:
    """Yield the function to call with each result."""
    if console.is_terminal:
        with _bar(total, console) as update:
            yield update
    else:
        yield _lines(total, console)


@contextmanager
def _bar(total: int, console: Console) -> Iterator[Callable[[Done], None]]:
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[failed]}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total, rate="", failed="")
        started, failed = time.monotonic(), 0

        def update(done: Done) -> None:
            nonlocal failed
            failed += bool(done.problem)
            graded = progress.tasks[0].completed + 1
            rate = f"{graded / (time.monotonic() - started):.1f}/s"
            progress.update(task, advance=1, rate=rate, failed=_failed(failed))

        yield update


def _lines(total: int, console: Console) -> Callable[[Done], None]:
    started = printed = time.monotonic()
    graded = failed = 0

    def update(done: Done) -> None:
        nonlocal printed, graded, failed
        graded, failed, now = graded + 1, failed + bool(done.problem), time.monotonic()
        if now - printed > EVERY or graded == total:
            rate = graded / max(now - started, 1e-9)
            left = f"{(total - graded) / rate:.0f} s left" if graded < total else ""
            parts = (f"{graded} of {total} done", f"{rate:.1f}/s", left, _failed(failed))
            console.print(", ".join(filter(None, parts)), highlight=False)
            printed = now

    return update


def _failed(number: int) -> str:
    return f"{number} could not be graded" if number else ""
