"""Wrong programs are graded, and what the feedback says about each is counted."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import msgspec
import pytest
from conftest import ROOT

from autograder import rubric, submission
from autograder.authoring.audit import programs
from autograder.authoring.audit.changes import Change
from autograder.authoring.audit.programs import FunctionPrograms, WrongProgram, _Trial, grade_programs
from autograder.authoring.audit.run import Audit
from autograder.authoring.audit.show import page, remarks, show
from autograder.grader import Grader
from autograder.outcome import CheckResult, GradeReport, Line, Outcome
from autograder.sandbox.host.confinement import Confinement
from autograder.sandbox.host.fork_server import ForkServer
from autograder.submission import Program, Submission

TEXT = (ROOT / "reference/Lab4.py").read_text()


def changed(old: str, new: str, *lines: int) -> Change:
    """The reference with a text replaced, the first time that it is there. lines: where the mistake is, if not there"""
    text = TEXT.replace(old, new, 1)
    line = TEXT[: TEXT.index(old)].count("\n") + 1
    return Change("sign", 1, line, lines or (line,), old, new, Program("Lab4.py", (text,), f"changed to {new}"))


SIGN = changed("s = y_hat - y\n", "s = y_hat + y\n")
CALLED = changed("return loss.item(), w.grad.item()", "return loss.item, w.grad.item()")
RAISES = changed("    # backward pass: afterwards w.grad holds d loss / d w\n    loss.backward()\n", "")
SAME = changed("loss = s**2", "loss = s * s")
RARE = changed("    y_hat = x * w\n", "    y_hat = x * w if x < 4.3 else 0 * w\n")


@pytest.fixture
def small_lab(real_lab: rubric.Lab) -> rubric.Lab:
    """The real lab with the checks of one function."""
    checks = [each for each in real_lab.rubric.checks if getattr(each, "function", "") == "check_result"]
    return rubric.Lab(real_lab.folder, msgspec.structs.replace(real_lab.rubric, checks=tuple(checks)))


@pytest.mark.long
def test_wrong_programs_are_graded_as_submissions(
    small_lab: rubric.Lab, server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = [SIGN, replace(SIGN, lines=(1,)), CALLED, RAISES, SAME, RARE]
    monkeypatch.setattr(programs, "changes", lambda *_: tried)
    (found,) = grade_programs(small_lab.with_limits(search=60.0), server, tmp_path, 6)
    assert found.function == "check_result"
    sign, elsewhere, called, raises, same, rare = found.programs
    assert sign == WrongProgram(SIGN, caught=True, named=True, line="right")
    assert elsewhere.line == "wrong"
    assert called == WrongProgram(CALLED, caught=True, named=True, line="right")
    assert raises == WrongProgram(RAISES, caught=True, answered=False)
    assert same == WrongProgram(SAME, caught=False)
    assert not rare.caught
    assert 0 < rare.shows < programs.DRAWS
    assert found.row == (6, 4, 3, 2, 1, 0, 1)
    assert (found.harmless, found.escapes, found.untried) == ((same,), (rare,), 0)
    assert Audit("Lab", 100, 4, 100, (), (), (FunctionPrograms("f", (sign, same)),)).holds  # equivalent: no harm
    assert not Audit("Lab", 100, 4, 100, (), (), (found,)).holds


def test_no_programs_are_tried_if_none_are_asked_for(small_lab: rubric.Lab, server: ForkServer, tmp_path: Path) -> None:
    assert grade_programs(small_lab, server, tmp_path, 0) == ()


NO_LINE = Outcome(1.0, "")


def report(*outcomes: Outcome) -> GradeReport:
    checks = tuple(CheckResult(f"{number}", "", 2.0, outcome) for number, outcome in enumerate(outcomes))
    return GradeReport("Lab", "", "cpu", checks, 0.0, Confinement({}))


class StubGrader:
    """Answers with reports that are known."""

    def __init__(self, reports: Sequence[GradeReport]) -> None:
        self.reports = [*reports]

    def grade(self, what: Submission, target: Path) -> GradeReport:
        assert what.program is not None
        return self.reports.pop(0)


def at(number: int, *others: int, file: str = "") -> Outcome:
    return Outcome(1.0, "", lines=(Line(file, number, ("x",), number, "look at its signs", others),))


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([NO_LINE], (1, 1, 0, 0, 0, 1, 0)),
        ([at(31)], (1, 1, 0, 1, 0, 0, 0)),
        ([at(30)], (1, 1, 0, 0, 1, 0, 0)),
        ([at(30, 31)], (1, 1, 0, 1, 0, 0, 0)),
        ([at(31), at(30)], (1, 1, 0, 0, 1, 0, 0)),
        ([at(31, file="Lab4.ipynb, code cell 2")], (1, 1, 0, 0, 1, 0, 0)),
        ([replace(at(31), mistakes=(("sign@s",),))], (1, 1, 1, 1, 0, 0, 0)),
        ([replace(NO_LINE, mistakes=(("a",), ("b",)))], (1, 1, 1, 0, 0, 1, 0)),
        ([replace(NO_LINE, unanswered="returned nothing")], (1, 1, 0, 0, 0, 0, 1)),
        ([Outcome(2.0, ""), at(31)], (1, 1, 0, 1, 0, 0, 0)),
    ],
)
def test_what_is_said_is_counted(outcomes: list[Outcome], expected: tuple[int, ...], real_lab: rubric.Lab) -> None:
    """The slip is in line 31."""
    grader = cast(Grader, StubGrader([report(*outcomes)]))
    reference = submission.read(real_lab.reference, program="Lab4.py", answers=None)
    trial = _Trial(real_lab, grader, reference, report(*[Outcome(2.0, "")] * len(outcomes)), Path("results.json"))
    assert SIGN.lines == (31,)
    assert FunctionPrograms("check_result", tuple(trial.of("check_result", [SIGN], lambda: None))).row == expected


def test_the_instructor_reads_the_changes(capsys: pytest.CaptureFixture[str]) -> None:
    found = FunctionPrograms(
        "check_result",
        (
            WrongProgram(SIGN, caught=True, named=True, line="right"),
            WrongProgram(CALLED, caught=True, line="wrong"),
            WrongProgram(RAISES, caught=True, answered=False),
            WrongProgram(SAME, caught=False),
            WrongProgram(RARE, caught=False, shows=3),
        ),
    )
    audit = Audit("Lab", 100, 4, 100, (), (), (found,))
    assert list(remarks(audit)) == [
        "check_result: this change of the reference lost no points, though in 3 of 20 other draws of the hidden "
        f"inputs it would: {RARE.text}",
        "check_result: no check takes points off for these changes of the reference, in 20 draws of the hidden "
        "inputs. Each is equivalent, or the checks miss it: line 32: loss = s**2 → loss = s * s",
        "check_result: for these changes of the reference the feedback names another line: line 39: "
        "return loss.item(), w.grad.item() → return loss.item, w.grad.item()",
    ]
    show(audit)
    said = capsys.readouterr().out
    assert [*said[said.index("\ncheck_result") :].split()[:8]] == ["check_result", *map(str, found.row)]
    assert "of the same kinds" in said
    text = page(audit)
    for words in ("named, right line", "not named, wrong line", "no result", "equivalent, or missed", "in 3 of 20"):
        assert words in text
    assert "loss = s**2" in text
    assert "Wrong programs" not in page(Audit("Lab", 100, 4, 100, ()))


@pytest.mark.parametrize(("lost", "shows"), [(([2, 5], []), 0), (([2, 5], [2]), 1), (([], [2]), 0)])
def test_what_does_not_show_again_was_the_machine(
    small_lab: rubric.Lab,
    server: ForkServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lost: tuple[list[int], ...],
    shows: int,
) -> None:
    """Beside other work, a call of a program that is as good as the reference may take too long."""
    times = iter(lost)
    monkeypatch.setattr(programs, "changes", lambda *_: [SAME])
    monkeypatch.setattr(_Trial, "_lost", lambda *_: next(times))
    (found,) = grade_programs(small_lab, server, tmp_path, 1)
    assert [each.shows for each in found.programs] == [shows]
