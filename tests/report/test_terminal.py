"""The terminal report: readable in 80 columns, without colour, and whatever a student's text holds."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Result
from rich.console import Console

from autograder.outcome import Curve, Finding, GradeReport, Marked, Outcome
from autograder.report import terminal
from autograder.sandbox.layers import PURPOSE, Confinement


def shown(report: GradeReport, **options: object) -> str:
    console = Console(width=80, record=True, file=open("/dev/null", "w"), **options)  # type: ignore[arg-type]  # noqa: SIM115
    terminal.show(report, "results/results.json", console=console)
    return console.export_text()


def report(*checks: Marked) -> GradeReport:
    return GradeReport("Lab", "submission", "cpu", checks, 1.0, Confinement(dict.fromkeys(PURPOSE, "")))


def test_a_real_report_fits_80_columns_and_names_every_check(mark: Callable[[Path], Result]) -> None:
    marked = mark(ROOT / "examples/forgot_zero_grad").report
    text = shown(marked)
    assert max(len(line) for line in text.splitlines()) <= 80
    for check in marked.checks:
        assert check.name.split()[0] in text
    assert "Total  77 of 100 points" in text
    assert "What is in w.grad when backward() is called again?" in " ".join(text.split())


@pytest.mark.parametrize(
    ("points", "marked", "word"),
    [(5, True, "✓ right"), (2, True, "~ partly right"), (0, True, "✗ wrong"), (0, False, "· not marked")],
)
def test_a_state_is_a_sign_and_a_word_not_only_a_colour(points: float, marked: bool, word: str) -> None:
    assert word in shown(report(Marked("1", "name", 5, Outcome(points, "summary", marked=marked))))


def test_what_is_right_is_not_talked_about() -> None:
    right = Marked("1", "name", 5, Outcome(5, "all right here", (Finding("a", "right"),)))
    assert "all right here" not in shown(report(right))


def test_a_students_brackets_are_no_markup() -> None:
    text = "[bold red]x[/] [link=file:///etc/passwd]y[/link]"
    assert text in shown(report(Marked("1", "name", 5, Outcome(0, text, notes=(text,)))))


def test_a_warning_is_in_the_report_and_on_stderr_when_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    warned = dataclasses.replace(report(Marked("1", "name", 5, Outcome(5, ""))), warnings=("hidden: 3.2",))
    assert "hidden: 3.2" in shown(warned)
    terminal.show(warned, "results.json", quiet=True)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("5 of 5 points\n", "autograder: hidden: 3.2\n")


def test_quiet_is_the_total_alone(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show(report(Marked("1", "name", 5, Outcome(2.5, "summary"))), "results.json", quiet=True)
    assert capsys.readouterr().out == "2.5 of 5 points\n"


def test_the_plot_shows_both_curves_and_counts_what_lies_beyond() -> None:
    plot = terminal.plot(Curve([1.0, 0.5, 99.0, float("nan")], [1.0, 0.4, 0.2, 0.1]))
    assert plot.splitlines()[-1] == "o your losses   . a right loop's   (2 of yours lie beyond the plot)"
    figure = plot.rpartition("\n")[0]
    assert figure.count("o") - figure.count("epoch") - figure.count("loss") == 2
    assert "." in figure


@pytest.mark.parametrize("losses", [[], [0.0], [1e300, 1e-300], [-1.0, 2.0]])
def test_any_losses_can_be_plotted(losses: list[float]) -> None:
    assert "o your losses" in terminal.plot(Curve(losses, [1.0, 0.5]))
