"""What ./run_tests adds to pytest: which tests the short run leaves out, what begins first, progress, and a last line
that says how long it took and what was left out.

A test is marked `slow("what it is one of")` when the short run leaves it out, `long` when it takes seconds and so has
to begin early, and `waits` when it is idle for a minute and so has to begin first. Without --run, pytest runs whatever
its arguments select and reports as it always does.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

STEP = 10  # percent between two lines, where there is no terminal
LONGEST = 1200  # seconds for a slow test, on a busy machine


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option with which ./run_tests calls pytest."""
    parser.addoption("--run", choices=("short", "all"), help="as ./run_tests does: all tests, or all that are not slow")


def pytest_configure(config: pytest.Config) -> None:
    """Report for people, in the process that reports."""
    settings.register_profile("all", deadline=None)  # how long an example takes says nothing on a busy machine
    settings.register_profile("short", deadline=None, max_examples=25)
    settings.load_profile("short" if config.option.run == "short" else "all")
    if config.option.run and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Report(), "report for people")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: many tests wait, until a limit has passed or a command has ended."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow, if asked to; what takes long begins first, beside all the others."""
    left_out: Counter[str] = Counter()
    slow = {item: grade.args[0] for item in items if (grade := item.get_closest_marker("slow"))}
    for item in slow:
        item.add_marker(pytest.mark.timeout(LONGEST))
    if config.option.run == "short":
        left_out.update(slow.values())
        config.hook.pytest_deselected(items=list(slow))
        items[:] = [item for item in items if item not in slow]
    items.sort(key=_place)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = dict(left_out)
    elif report := config.pluginmanager.get_plugin("report for people"):
        report.left_out = left_out
        report.begin(len(items))


def _place(item: pytest.Item) -> int:
    """When a test begins: what waits for minutes before all others, what is quick last."""
    if item.get_closest_marker("waits"):
        return 0
    return 1 if item.get_closest_marker("long") or item.get_closest_marker("slow") else 2


class Report:
    """Progress while tests run (a bar in a terminal, a line every tenth elsewhere) and a last line."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.total = self.done = self.failed = 0
        self.unread: set[str] = set()  # modules that could not be read
        self.now = ""  # the file of the test that began last
        self.left_out: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        console = Console()
        self.bar: Progress | None = None
        if console.is_terminal:
            columns = (TimeElapsedColumn(), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
            self.bar = Progress(*columns, console=console, transient=True)

    def begin(self, total: int) -> None:
        """So many tests are going to run."""
        if not self.total and total:
            self.total = total
            if self.bar:
                self.bar.start()
                self.bar.add_task("", total=total)
            else:
                self._say(f"{total:,} tests; what takes long comes first")

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Iterable[str]) -> None:
        """A process of pytest-xdist has found all tests, as each of them does."""
        self.begin(len(list(ids)))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """A process of pytest-xdist has ended, and says what was left out."""
        self.left_out = Counter(getattr(node, "workeroutput", {}).get("left_out", {})) or self.left_out

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Nothing is printed of a single test; failures are told by pytest at the end."""
        if report.failed:
            return ("failed", "", "FAILED") if report.when == "call" else ("error", "", "ERROR")
        if report.skipped:
            return "skipped", "", "SKIPPED"
        return ("passed" if report.when == "call" else ""), "", ""

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins."""
        self.now = nodeid.partition("::")[0]
        self._show()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One step of one test is done."""
        if report.failed:
            self.failed += 1
            self._say(f"FAILED {report.nodeid.split('@')[0]}")
        if report.skipped and isinstance(report.longrepr, tuple):
            self.skipped[report.longrepr[2].removeprefix("Skipped: ")] += 1
        if report.when == "teardown":
            self.done += 1
            self._show()
            if not self.bar and self._tenths(self.done) > self._tenths(self.done - 1):
                percent = self._tenths(self.done) * STEP
                self._say(f"{percent:3} %  {self.done:,} of {self.total:,}  {self.failed} failed  {self._time()}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that could not be read: its tests did not run. Each process says so, so it is counted once."""
        if report.failed and report.nodeid not in self.unread:
            self.unread.add(report.nodeid)
            self.failed += 1
            self._say(f"FAILED {report.nodeid} cannot be read")

    def _show(self) -> None:
        if self.bar:
            description = f"{self.failed} failed  {self.now}"
            self.bar.update(self.bar.task_ids[0], completed=self.done, description=description)

    def _tenths(self, done: int) -> int:
        return done * 100 // (self.total * STEP)

    def _say(self, line: str) -> None:
        (self.bar.console if self.bar else Console(width=200)).print(line, highlight=False, markup=False)

    def _time(self) -> str:
        minutes, seconds = divmod(round(time.monotonic() - self.started), 60)
        return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """The bar makes room for what pytest says at the end."""
        if self.bar:
            self.bar.stop()

    def pytest_unconfigure(self) -> None:
        """The last line."""
        self._say(self.last_line())

    def last_line(self) -> str:
        """What was done, in how long, and what was not and why."""
        state = f"{self.failed} FAILED" if self.failed else "all passed" if self.done else "nothing ran"
        parts = [f"{self.done:,} tests, {state}, in {self._time()}."]
        if self.left_out:
            parts.append(f"Left out: {_listed(self.left_out)}; ./run_tests --all has them.")
        if self.skipped:
            parts.append(f"Not possible here: {_listed(self.skipped)}.")
        return " ".join(parts)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.most_common())
