"""The checks run by gradescope-utils' JSONTestRunner, with a result class that closes the gaps of the library's own.

The library (0.5.0) drops skipped tests, expected failures and sub-tests from the list, lets an error in setUpClass
leave the list empty, takes scores that are no numbers or exceed the maximum, and shows a traceback of ours to the
student. Here every check that the rubric declares ends in exactly one outcome.
"""

import functools
import io
import sys
import time
import traceback
import unittest
from collections.abc import Callable
from types import TracebackType
from typing import Any

from gradescope_utils.autograder_utils.json_test_runner import JSONTestResult, JSONTestRunner

from autograder.errors import GraderFault
from autograder.outcome import CheckResult, Outcome
from autograder.rubric import Check

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
FAULT = "The grader failed in this check. This is not your fault; please tell your instructor."


class CompleteResult(JSONTestResult):  # type: ignore[misc]
    """Hands each test's outcome to `on_marked` as soon as it is there."""

    def __init__(self, *args: Any, checks: dict[str, Check], on_graded: Callable[[CheckResult], None]) -> None:
        super().__init__(*args)
        self.checks = checks
        self.on_graded = on_graded
        self.graded: dict[str, CheckResult] = {}
        self.started = time.monotonic()

    def startTest(self, test: unittest.TestCase) -> None:
        """The clock runs from here."""
        super().startTest(test)
        self.started = time.monotonic()

    def processResult(self, test: unittest.TestCase, err: ExcInfo | None = None) -> None:
        """Called by the library for every test that passed, failed or raised."""
        self._settle(test, err[1] if err else None)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        """A check cannot be skipped: it has points."""
        unittest.TestResult.addSkip(self, test, reason)
        self._settle(test, unittest.SkipTest(reason))

    def addExpectedFailure(self, test: unittest.TestCase, err: ExcInfo) -> None:
        """Counts as the failure that it is."""
        unittest.TestResult.addExpectedFailure(self, test, err)
        self._settle(test, err[1])

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        """Counts as the success that it is."""
        unittest.TestResult.addUnexpectedSuccess(self, test)
        self._settle(test, None)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: ExcInfo | None) -> None:
        """A failure in a sub-test fails its test."""
        unittest.TestResult.addSubTest(self, test, subtest, err)
        if err is not None:
            self._settle(test, err[1])

    def stopTestRun(self) -> None:
        """Give every check without an outcome one that says so: an error before the first test skips them all."""
        super().stopTestRun()
        for number in self.checks:
            if number not in self.graded:
                self._keep(number, Outcome(0.0, FAULT, graded=False), fault=True)

    def _settle(self, test: unittest.TestCase, error: BaseException | None) -> None:
        method = getattr(test, getattr(test, "_testMethodName", ""), None)
        number = getattr(method, "__number__", None)  # absent for the holder of an error in setUpClass
        fault = error is not None and not isinstance(error, AssertionError)
        if fault:
            _tell_instructor(error)
        if number not in self.checks or number in self.graded:
            return
        outcome = Outcome(0.0, FAULT, graded=False) if fault else self._outcome(test, error)
        self._keep(number, outcome, fault=fault, seconds=time.monotonic() - self.started)

    def _outcome(self, test: unittest.TestCase, error: BaseException | None) -> Outcome:
        """What the test left behind, or, for one written by hand, its score and the text of its assertion."""
        left: Outcome | None = getattr(test, "outcome", None)
        if left is not None and error is None:
            return left
        score = self.getScore(test)
        if score is None:
            score = 0.0 if error else self.getWeight(test) or 0.0
        return Outcome(float(score), str(error) if error else "Right.")

    def _keep(self, number: str, outcome: Outcome, *, fault: bool = False, seconds: float = 0.0) -> None:
        check = self.checks[number]
        self.graded[number] = CheckResult(number, check.name, check.points, outcome, fault, seconds)
        self.on_graded(self.graded[number])


def _tell_instructor(error: BaseException | None) -> None:
    """On stderr, which students do not see."""
    if isinstance(error, GraderFault):
        print(f"autograder: {error}", file=sys.__stderr__)
    else:
        traceback.print_exception(error, file=sys.__stderr__)


def run(
    suite: unittest.TestSuite, checks: dict[str, Check], on_graded: Callable[[CheckResult], None]
) -> tuple[CheckResult, ...]:
    """Run the suite; returns the outcome of every check, in the rubric's order."""
    runner = JSONTestRunner(stream=io.StringIO(), buffer=False)
    runner.resultclass = functools.partial(CompleteResult, checks=checks, on_graded=on_graded)
    result = runner.run(suite)
    return tuple(result.graded[number] for number in checks)
