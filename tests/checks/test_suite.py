"""Each check has exactly one result, whatever happens in it."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from conftest import ROOT

from autograder import rubric
from autograder.checks import suite
from autograder.checks.context import GradingContext
from autograder.errors import GraderFault
from autograder.limited import TooMuch
from autograder.mistakes.for_lab import Mistakes
from autograder.outcome import CheckResult, Outcome
from autograder.submission import Submission

LAB = rubric.load(ROOT)
NUMBERS = [check.number for check in LAB.rubric.checks]


def run(monkeypatch: pytest.MonkeyPatch, **bodies: Callable[[], Outcome]) -> dict[str, CheckResult]:
    """Carry out the lab's checks; what `bodies` has for a number, with _ for the dot, is done in its place."""

    def grade(check: Any, context: GradingContext) -> Outcome:
        body = bodies.get(f"check_{check.number.replace('.', '_')}")
        return body() if body else Outcome(check.points, "right")

    monkeypatch.setattr(suite, "grade", grade)
    context = GradingContext(LAB, Submission((), None, None, (), ()), Mistakes(LAB))
    seen: list[CheckResult] = []
    results = suite.run(context, seen.append)
    assert [each.number for each in results] == NUMBERS
    assert tuple(seen) == results
    assert context.record.points == {each.number: each.outcome.points for each in results}
    return {each.number: each for each in results}


def raising(error: BaseException) -> Callable[[], Outcome]:
    def body() -> Outcome:
        raise error

    return body


def test_an_outcome_is_kept_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    left = Outcome(2.5, "half")
    found = run(monkeypatch, check_1_1=lambda: left)
    assert found["1.1"].outcome is left
    assert not any(each.fault for each in found.values())


def test_an_exception_is_a_fault_of_its_check_alone(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    found = run(monkeypatch, check_1_1=raising(ZeroDivisionError("secret")))
    assert (found["1.1"].fault, found["1.1"].outcome.points, found["1.1"].outcome.graded) == (True, 0, False)
    assert found["1.1"].outcome.text == suite.FAULT
    assert not any(each.fault for each in found.values() if each.number != "1.1")
    assert "ZeroDivisionError: secret" in capfd.readouterr().err


def test_a_fault_of_the_machine_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, check_1_1=raising(GraderFault("no torch")))["1.1"].fault
    assert capfd.readouterr().err == "autograder: no torch\n"


def test_what_takes_too_long_to_judge_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(monkeypatch, check_1_1=raising(TooMuch()))["1.1"]
    assert (found.fault, found.outcome.text, found.outcome.graded) == (False, suite.TOO_MUCH, False)


def test_ctrl_c_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(monkeypatch, check_1_1=raising(KeyboardInterrupt()))


def test_a_check_is_timed_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow() -> Outcome:
        time.sleep(0.05)
        return Outcome(0.0, "slow")

    found = run(monkeypatch, check_1_1=slow)
    assert found["1.1"].seconds >= 0.05
    assert found["1.2"].seconds < found["1.1"].seconds
