"""Print the report in a terminal, readable in 80 columns and without color."""

import contextlib
import itertools
import sys
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from autograder.outcome import SIGNS, Curve, GradeReport, Outcome, State, indented

STYLES: dict[State, str] = {
    "right": "green",
    "follows": "cyan",
    "partly": "yellow",
    "wrong": "red",
    "blank": "bright_black",
    "unreadable": "magenta",
}
PLOT_HEIGHT = 8  # lines
PLOT_WIDTH = 40  # columns at most, without the labels of the axis
AXIS = 16  # columns of these labels, and of the word at the end of the horizontal one
INDENT = 5  # columns before the details of a check
USUAL = 80  # columns
NARROW = 60  # columns: a narrower terminal has no room for the states in words


def render(report: GradeReport, results: str, columns: int = USUAL) -> RenderableType:
    """The whole report: a table of all checks, the details of those that are not fully right, and the total.

    Args:
        report: the finished report.
        results: where the results are; "" if they are not kept.
        columns: of the terminal.
    """
    total = Text.assemble(("Total  ", "bold"), (f"{report.points:g} of {report.out_of:g} points", "bold"))
    if results:
        total.append(f"   (results in {results})")
    heading = Text(f"{report.lab}\n{report.submission}, on {report.device}, {report.seconds:.1f} s", justify="left")
    if report.numbers_of:
        heading.append(f"\nwith the numbers of {report.numbers_of}")
    if report.confinement.reduced:
        heading.append("\nconfinement: reduced (run `autograder doctor` for details)", "yellow")
    for warning in report.warnings:
        heading.append(f"\n{warning}", "yellow")
    return Group(
        Panel(heading, expand=False), _table(report, columns), *_details(report, columns), Panel(total, expand=False)
    )


def show(report: GradeReport, results: str, *, quiet: bool = False, console: Console | None = None) -> None:
    """Print the report. If `quiet`, print only the total, and warnings on stderr."""
    if quiet:
        for warning in report.warnings:
            print(f"autograder: {warning}", file=sys.stderr)
        print(f"{report.points:g} of {report.out_of:g} points")
        return
    with contextlib.suppress(BrokenPipeError, SystemExit):  # the reader has closed the pipe; the results are written
        console = console or Console()
        console.print(render(report, results, console.width), highlight=False)


def _table(report: GradeReport, columns: int) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 1), expand=False)
    table.add_column(justify="right")
    table.add_column(max_width=52)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    for check in report.checks:
        if check.out_of:
            style = STYLES[check.state]
            points = f"{check.outcome.points:g} / {check.out_of:g}"
            state = SIGNS[check.state] if columns < NARROW else f"{SIGNS[check.state]} {check.word}"
            table.add_row(check.number, Text(check.name), points, Text(state, style))
    return table


def _details(report: GradeReport, columns: int) -> Iterator[RenderableType]:
    """The details check by check; neighboring checks with equal details share one entry."""
    worth = [check for check in report.checks if check.state != "right" or check.outcome.notes or not check.out_of]
    for same, group in itertools.groupby(worth, key=lambda check: (check.state, check.outcome)):
        checks = list(group)
        state, outcome = same
        sign = f"{SIGNS[state]} " if checks[0].out_of else ""
        names = checks[0].name if len(checks) == 1 else ""
        heading = f"\n{sign}{', '.join(check.number for check in checks)}  {names}"
        yield Text(heading, f"bold {STYLES[state]}" if checks[0].out_of else "bold cyan")
        lines = [
            *_lines(outcome),
            *([Text(plot(outcome.curve, columns))] if outcome.curve and state != "right" else []),
        ]
        yield Padding(Group(*lines), (0, 0, 0, INDENT), expand=False)


def _lines(outcome: Outcome) -> Iterator[RenderableType]:
    yield Text(outcome.summary)
    if outcome.path:
        yield Text(" → ").join(Text(f"{name} {SIGNS[state]}", STYLES[state]) for name, state in outcome.path)
    for finding in outcome.findings:
        if finding.state != "right" or finding.text:
            yield Text(str(finding), STYLES[finding.state])
    if outcome.hint:
        first, *more = indented(outcome.hint).splitlines(keepends=True)
        yield Text.assemble("→ ", (first, "bold" if more else ""), *more)
    for line in outcome.lines:
        yield Text(f"→ {line.text}")
    for note in outcome.notes:
        yield Text(f"Note: {note}", "italic")


def plot(curve: Curve, columns: int = USUAL) -> str:
    """Plot the losses over the epochs as text: `o` for the submission, `.` for a correct loop, `o` where both agree.

    columns: of the terminal.

    plotille and plotext draw better, but they import NumPy or take longer than the rest of the report.
    """
    top = curve.top
    epochs = max(len(curve.losses), len(curve.expected), 1)
    width = max(min(PLOT_WIDTH, columns - INDENT - AXIS), 1)
    rows = [[" "] * width for _ in range(PLOT_HEIGHT)]
    for symbol, losses in ((".", curve.expected), ("o", curve.losses)):
        for epoch, loss in enumerate(losses):
            if not curve.shows(loss):
                continue
            row = PLOT_HEIGHT - 1 - min(int(loss / top * PLOT_HEIGHT), PLOT_HEIGHT - 1)
            rows[row][epoch * width // epochs] = symbol
    labels = [
        f"{top * (PLOT_HEIGHT - row) / PLOT_HEIGHT:8.3g}" if row % 2 == 0 else " " * 8 for row in range(PLOT_HEIGHT)
    ]
    lines = [f"{label} ┤{''.join(row).rstrip()}" for label, row in zip(labels, rows, strict=True)]
    last = str(epochs - 1)
    legend = "o your losses   . a correct loop" + (
        f"   ({curve.beyond} of yours {'is' if curve.beyond == 1 else 'are'} outside the plot)" if curve.beyond else ""
    )
    return "\n".join(["    loss", *lines, f"       0 └{'─' * width}", f"          0{last:>{width - 1}} epoch", legend])
