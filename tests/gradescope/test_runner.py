"""Tests with gradescope-utils' decorators, run with our result class: each gap of the library's own is closed."""

import time
import unittest
from collections.abc import Callable
from typing import Any

import pytest
from gradescope_utils.autograder_utils.decorators import number, partial_credit, weight

from autograder.errors import GraderFault
from autograder.gradescope import runner
from autograder.outcome import CheckResult, Outcome
from autograder.rubric import ValuesCheck

CHECKS: dict[str, Any] = {
    n: ValuesCheck(number=n, name=f"check {n}", points=5, function="f", inputs=("published",)) for n in ("1", "2")
}


class Good(unittest.TestCase):
    @weight(5)
    @number("2")
    def test_good(self) -> None:
        pass


def run(case: type[unittest.TestCase]) -> dict[str, CheckResult]:
    suite = unittest.TestSuite([*unittest.defaultTestLoader.loadTestsFromTestCase(case), Good("test_good")])
    seen: list[CheckResult] = []
    graded = runner.run(suite, CHECKS, seen.append)
    assert [one.number for one in graded] == ["1", "2"]
    assert sorted(seen, key=lambda one: one.number) == list(graded)
    assert graded[1].outcome.points == 5
    return {one.number: one for one in graded}


def case(body: Callable[..., None], **more: Any) -> type[unittest.TestCase]:
    return type("Case", (unittest.TestCase,), {"test_it": weight(5)(number("1")(body)), **more})


def test_assertion_message_is_the_output() -> None:
    graded = run(case(lambda self: self.fail("look at the sign")))["1"]
    assert (graded.outcome.points, graded.outcome.text, graded.fault) == (0, "look at the sign", False)


def test_an_outcome_is_kept_as_it_is() -> None:
    left = Outcome(2.5, "half")

    def body(self: Any) -> None:
        self.outcome = left

    assert run(case(body))["1"].outcome is left


def test_partial_credit_set_by_hand_counts() -> None:
    body = partial_credit(5)(number("1")(lambda self, set_score=None: set_score(1.5)))
    assert run(type("Case", (unittest.TestCase,), {"test_it": body}))["1"].outcome.points == 1.5


def test_grader_exception_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    graded = run(case(lambda self: 1 / 0))["1"]
    assert graded.fault
    assert graded.outcome.text == runner.FAULT


def test_early_error_lists_every_check() -> None:
    graded = run(case(lambda self: None, setUpClass=classmethod(lambda cls: 1 / 0)))["1"]
    assert graded.fault
    assert graded.outcome.points == 0


def test_a_skipped_test_is_in_the_list(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(case(lambda self: self.skipTest("no GPU")))["1"].fault
    assert "no GPU" in capfd.readouterr().err


def test_a_failing_sub_test_fails_its_test() -> None:
    def body(self: Any) -> None:
        for n in range(2):
            with self.subTest(n=n):
                assert n == 0

    graded = run(case(body))["1"]
    assert graded.outcome.points == 0
    assert "assert 1 == 0" in graded.outcome.text


@pytest.mark.parametrize("body", [lambda self: self.fail("known"), lambda self: None])
def test_an_expected_failure_is_a_fault(body: Callable[..., None]) -> None:
    """A check has no use for unittest's decorator: it is for bugs that are known."""
    graded = run(case(unittest.expectedFailure(body)))["1"]
    assert (graded.fault, graded.outcome.points) == (True, 0)


def test_passing_test_gets_its_weight() -> None:
    graded = run(case(lambda self: None))["1"]
    assert (graded.outcome.points, graded.outcome.text, graded.fault) == (5, "Right.", False)
    unweighted = type("Case", (unittest.TestCase,), {"test_it": number("1")(lambda self: None)})
    assert run(unweighted)["1"].outcome.points == 0


def test_an_assertion_counts_before_the_outcome_left_behind() -> None:
    def body(self: Any) -> None:
        self.outcome = Outcome(5, "fine")
        self.fail("not fine")

    assert run(case(body))["1"].outcome == Outcome(0, "not fine")


def test_score_survives_a_later_failure() -> None:
    def body(self: Any, set_score: Any = None) -> None:
        set_score(1.5)
        self.fail("half")

    graded = run(type("Case", (unittest.TestCase,), {"test_it": partial_credit(5)(number("1")(body))}))["1"]
    assert (graded.outcome.points, graded.outcome.text) == (1.5, "half")


def test_a_check_is_timed_from_its_start() -> None:
    graded = run(case(lambda self: time.sleep(0.05)))
    assert 0.05 <= graded["1"].seconds < 5
    assert 0 <= graded["2"].seconds < graded["1"].seconds


def test_a_fault_of_the_machine_is_told_in_a_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    def broken(self: Any) -> None:
        raise GraderFault("no torch")

    graded = run(case(broken))["1"]
    assert (graded.fault, graded.outcome.graded, graded.outcome.points) == (True, False, 0)
    assert capfd.readouterr().err == "autograder: no torch\n"
    run(case(lambda self: 1 / 0))
    assert "ZeroDivisionError" in capfd.readouterr().err
    run(case(lambda self: self.fail("wrong")))
    assert capfd.readouterr().err == ""


def test_the_first_verdict_of_a_check_counts() -> None:
    class Twice(unittest.TestCase):
        @weight(5)
        @number("1")
        def test_a(self) -> None:
            pass

        @weight(5)
        @number("1")
        def test_b(self) -> None:
            self.fail("later")

    assert run(Twice)["1"].outcome.points == 5
