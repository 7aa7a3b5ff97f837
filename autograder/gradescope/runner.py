"""Runs checks that are unittest cases with gradescope-utils' decorators, and gives each exactly one result.

gradescope-utils' own result class (0.5.0) leaves skipped tests and failed sub-tests out of the list, has an empty list
after an error in setUpClass, accepts scores that are not numbers or exceed the maximum, and shows students a traceback
of the grader.
"""

import sys
import time
import traceback
import unittest
from collections.abc import Callable
from types import TracebackType

from gradescope_utils.autograder_utils.json_test_runner import JSONTestResult

from autograder.errors import GraderFault
from autograder.outcome import CheckResult, Outcome
from autograder.rubric import Check

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
FAULT = "The grader failed in this check. This is not your fault; please tell your instructor."


def run(
    suite: unittest.TestSuite, checks: dict[str, Check], on_graded: Callable[[CheckResult], None]
) -> tuple[CheckResult, ...]:
    """Run the suite.

    Args:
        suite: its tests name their check by gradescope-utils' decorator `number`.
        checks: the rubric's checks, by number.
        on_graded: called with the result of each check as soon as it is there.

    Returns: the result of every check, in the order of `checks`.
    """
    results = CheckResults(checks, on_graded)
    try:
        suite.run(results)
    finally:
        results.complete()
    return tuple(results.graded[number] for number in checks)


class CheckResults(JSONTestResult):  # type: ignore[misc]  # gradescope-utils has no types
    """Collects the results of checks; the first one of each check counts."""

    def __init__(self, checks: dict[str, Check], on_graded: Callable[[CheckResult], None]) -> None:
        super().__init__(None, None, 0, results=[], leaderboard=[], failure_prefix="")
        self.checks = checks
        self.on_graded = on_graded
        self.graded: dict[str, CheckResult] = {}
        self.started = time.monotonic()

    def startTest(self, test: unittest.TestCase) -> None:
        """Start the clock."""
        super().startTest(test)
        self.started = time.monotonic()

    def processResult(self, test: unittest.TestCase, err: ExcInfo | None = None) -> None:
        """Called by the base class for every test that passed, failed or raised."""
        method = getattr(test, getattr(test, "_testMethodName", ""), None)
        number = getattr(method, "__number__", None)  # None for the holder of an error in setUpClass
        error = err[1] if err else None
        fault = error is not None and not isinstance(error, AssertionError)
        if fault:
            tell_instructor(error)
        if number in self.checks and number not in self.graded:
            outcome = Outcome(0.0, FAULT, graded=False) if fault else self._outcome(test, error)
            self._add(number, outcome, fault=fault, seconds=time.monotonic() - self.started)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        """Let a skipped test be a fault: its check has points, so it cannot be skipped."""
        super().addSkip(test, reason)
        error = unittest.SkipTest(reason)
        self.processResult(test, (type(error), error, None))

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: ExcInfo | None) -> None:
        """Let a failure in a sub-test fail its test; the base class ignores it."""
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.processResult(test, err)

    def complete(self) -> None:
        """Add a fault for every check that has no result, because an error came before its test, say."""
        for number in self.checks:
            if number not in self.graded:
                self._add(number, Outcome(0.0, FAULT, graded=False), fault=True)

    def _outcome(self, test: unittest.TestCase, error: BaseException | None) -> Outcome:
        """The outcome that one of our checks leaves; for an instructor's test, its score and its assertion's text."""
        outcome: Outcome | None = getattr(test, "outcome", None)
        if outcome is not None and error is None:
            return outcome
        score = self.getScore(test)
        if score is None:
            score = 0.0 if error else self.getWeight(test) or 0.0
        return Outcome(float(score), str(error) if error else "Right.")

    def _add(self, number: str, outcome: Outcome, *, fault: bool = False, seconds: float = 0.0) -> None:
        check = self.checks[number]
        self.graded[number] = CheckResult(number, check.name, check.points, outcome, fault, seconds)
        self.on_graded(self.graded[number])


def tell_instructor(error: BaseException | None) -> None:
    """Write to stderr, which students do not see."""
    if isinstance(error, GraderFault):
        print(f"autograder: {error}", file=sys.__stderr__)
    else:
        traceback.print_exception(error, file=sys.__stderr__)
