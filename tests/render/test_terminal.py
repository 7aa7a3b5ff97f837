"""The terminal report: readable in 80 columns, without colour, and whatever a student's text holds."""

import dataclasses
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Result
from rich.console import Console

from autograder.outcome import CheckResult, Curve, Finding, GradeReport, Outcome
from autograder.render import terminal
from autograder.sandbox.host.confinement import PURPOSE, Confinement


def shown(report: GradeReport, results: str = "r.json", columns: int = 80) -> str:
    console = Console(width=columns, record=True, file=io.StringIO())
    terminal.show(report, results, console=console)
    return console.export_text()


def report(*checks: CheckResult) -> GradeReport:
    return GradeReport("Lab", "submission", "cpu", checks, 1.0, Confinement(dict.fromkeys(PURPOSE, "")))


def test_a_real_report_fits_80_columns_and_names_every_check(grade: Callable[[Path], Result]) -> None:
    graded = grade(ROOT / "examples/forgot_zero_grad").report
    text = shown(graded)
    assert max(len(line) for line in text.splitlines()) <= 80
    for check in graded.checks:
        assert check.name.split()[0] in text
    assert "Total  77 of 100 points" in text
    assert "What is in w.grad when backward() is called again?" in " ".join(text.split())


@pytest.mark.parametrize(
    ("points", "graded", "word"),
    [(5, True, "✓ right"), (2, True, "~ partly right"), (0, True, "✗ wrong"), (0, False, "· missing")],
)
def test_state_is_more_than_a_color(points: float, graded: bool, word: str) -> None:
    assert word in shown(report(CheckResult("1", "name", 5, Outcome(points, "summary", graded=graded))))


def test_grader_fault_is_not_called_missing() -> None:
    fault = CheckResult("1", "name", 5, Outcome(0, "a fault", graded=False), fault=True)
    assert fault.word == "the grader failed"
    assert "· the grader failed" in shown(report(fault))


def test_right_checks_have_no_details() -> None:
    right = CheckResult("1", "name", 5, Outcome(5, "all right here", (Finding("a", "right"),)))
    assert "all right here" not in shown(report(right))


def test_a_students_brackets_are_no_markup() -> None:
    text = "[bold red]x[/] [link=file:///etc/passwd]y[/link]"
    assert text in shown(report(CheckResult("1", "name", 5, Outcome(0, text, notes=(text,)))))


def test_a_warning_is_in_the_report_and_on_stderr_when_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    warned = dataclasses.replace(report(CheckResult("1", "name", 5, Outcome(5, ""))), warnings=("hidden: 3.2",))
    assert "hidden: 3.2" in shown(warned)
    terminal.show(warned, "results.json", quiet=True)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("5 of 5 points\n", "autograder: hidden: 3.2\n")


def test_quiet_is_the_total_alone(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show(report(CheckResult("1", "name", 5, Outcome(2.5, "summary"))), "results.json", quiet=True)
    assert capsys.readouterr().out == "2.5 of 5 points\n"


def test_plot_shows_both_curves() -> None:
    plot = terminal.plot(Curve([1.0, 0.5, 99.0, float("nan")], [1.0, 0.4, 0.2, 0.1]))
    assert plot.splitlines()[-1] == "o your losses   . a correct loop   (2 of yours are outside the plot)"
    figure = plot.rpartition("\n")[0]
    assert figure.count("o") - figure.count("epoch") - figure.count("loss") == 2
    assert "." in figure


@pytest.mark.parametrize("losses", [[], [0.0], [1e300, 1e-300], [-1.0, 2.0]])
def test_any_losses_can_be_plotted(losses: list[float]) -> None:
    assert "o your losses" in terminal.plot(Curve(losses, [1.0, 0.5]))


EVERYTHING = (
    CheckResult("0", "what was found", 0, Outcome(0, "found all")),
    CheckResult("1", "right and silent", 2, Outcome(2, "silent", (Finding("a", "right"),))),
    CheckResult("2", "right with a note", 2, Outcome(2, "noted", notes=("a note",))),
    CheckResult("3", "follows", 2, Outcome(2, "following", (Finding("b", "follows", "from a"),))),
    CheckResult(
        *("4", "partly", 2.5),
        Outcome(
            *(1.25, "partly", (Finding("c", "right"), Finding("d", "right", "but late"), Finding("e", "wrong"))),
            hint="look at e",
            path=(("c", "right"), ("e", "wrong")),
        ),
    ),
    CheckResult("5", "blank", 1, Outcome(0, "nothing came back", graded=False)),
    CheckResult("6", "blank too", 1, Outcome(0, "nothing came back", graded=False)),
    CheckResult("7", "curve", 1, Outcome(0.5, "curved", curve=Curve([1.0, 0.5, 0.25, 9.0], [1.0, 0.4, 0.2, 0.1]))),
    CheckResult("8", "right curve", 1, Outcome(1, "not plotted", curve=Curve([1.0, 0.4], [1.0, 0.4]))),
)


def test_a_report_fits_40_columns(grade: Callable[[Path], Result]) -> None:
    for name in ("forgot_zero_grad", "missing_factor_2"):
        lines = shown(grade(ROOT / "examples" / name).report, columns=40).splitlines()
        assert max(len(line.rstrip()) for line in lines) <= 40
        assert any(line.startswith(" 3.1  train: the lab's         0 / 4  ✗") for line in lines)
        assert not any("…" in line for line in lines)


def test_a_whole_report_reads_like_this() -> None:
    whole = dataclasses.replace(
        report(*EVERYTHING),
        seconds=12.34,
        warnings=("warned",),
        numbers_of="ada",
        confinement=Confinement({**dict.fromkeys(PURPOSE, ""), "files": "no"}),
    )
    lines = [line.rstrip() for line in shown(whole).splitlines()]
    assert lines == [
        "╭────────────────────────────────────────────────────────────╮",
        "│ Lab                                                        │",
        "│ submission, on cpu, 12.3 s                                 │",
        "│ with the numbers of ada                                    │",
        "│ confinement: reduced (run `autograder doctor` for details) │",
        "│ warned                                                     │",
        "╰────────────────────────────────────────────────────────────╯",
        " 1  right and silent        2 / 2  ✓ right",
        " 2  right with a note       2 / 2  ✓ right",
        " 3  follows                 2 / 2  ↳ right, following",
        " 4  partly             1.25 / 2.5  ~ partly right",
        " 5  blank                   0 / 1  · missing",
        " 6  blank too               0 / 1  · missing",
        " 7  curve                 0.5 / 1  ~ partly right",
        " 8  right curve             1 / 1  ✓ right",
        "",
        "0  what was found",
        "     found all",
        "",
        "✓ 2  right with a note",
        "     noted",
        "     Note: a note",
        "",
        "↳ 3  follows",
        "     following",
        "     ↳ b: from a",
        "",
        "~ 4  partly",
        "     partly",
        "     c ✓ → e ✗",
        "     ✓ d: but late",
        "     ✗ e",
        "     → look at e",
        "",
        "· 5, 6",
        "     nothing came back",
        "",
        "~ 7  curve",
        "     curved",
        "         loss",
        "          1.2 ┤",
        "              ┤o",
        "          0.9 ┤",
        "              ┤",
        "          0.6 ┤          o",
        "              ┤          .",
        "          0.3 ┤                    o",
        "              ┤                              .",
        "            0 └────────────────────────────────────────",
        "               0                                      3 epoch",
        "     o your losses   . a correct loop   (1 of yours is outside the plot)",
        "╭──────────────────────────────────────────────────╮",
        "│ Total  8.75 of 12.5 points   (results in r.json) │",
        "╰──────────────────────────────────────────────────╯",
    ]


def test_a_long_name_and_a_long_sentence_are_wrapped() -> None:
    text = shown(report(CheckResult("1", "n " * 60, 5, Outcome(0, "s " * 60))))
    assert len([line for line in text.splitlines() if "n n" in line]) == 3 + 2  # the heading has all 80 columns
    assert "[" not in text


def test_the_report_has_colors_for_states(tmp_path: Path) -> None:
    console = Console(width=80, record=True, file=(tmp_path / "out").open("w"), force_terminal=True)
    terminal.show(report(*EVERYTHING), "r.json", console=console)
    colors = console.export_text(styles=True)
    assert "\x1b[1;36m0  what was found\x1b[0m" in colors
    assert "\x1b[1;33m~ 4  partly\x1b[0m" in colors
    assert "\x1b[36m0\x1b[0m" not in colors  # numbers are not highlighted


@pytest.mark.parametrize("error", [BrokenPipeError, SystemExit])
def test_a_reader_who_leaves_does_no_harm(error: type[BaseException]) -> None:
    class Gone(Console):
        def print(self, *args: object, **options: object) -> None:
            raise error

    terminal.show(report(), "r.json", console=Gone())


def test_a_plot_draws_the_ends_of_its_range() -> None:
    lines = terminal.plot(Curve([1.2, 0.0], [1.0])).splitlines()
    assert [line for line in lines if "o" in line.partition("┤")[2]] == ["     1.2 ┤o", f"         ┤{' ' * 20}o"]
    assert lines[-1] == "o your losses   . a correct loop"
    assert lines[-2].endswith(f"0{' ' * 38}1 epoch")
    assert terminal.plot(Curve([], [])).splitlines()[-2].endswith(f"0{' ' * 38}0 epoch")
