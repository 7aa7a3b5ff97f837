"""Runs an instructor's test in Python: a plain unittest case with gradescope-utils' decorators."""

import contextlib
import hashlib
import hmac
import math
import sys
import time
import traceback
import unittest
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder import limited, sandbox
from autograder.checks.check_failed import NOT_AS_ASKED, CheckFailed, NoResult, raised
from autograder.checks.context import CodeContext
from autograder.checks.failures import UNWRITTEN, of_reference, phrase, unanswered
from autograder.errors import GraderFault
from autograder.outcome import LeaderboardValue, Outcome
from autograder.rubric import PythonCheck
from autograder.rubric.python_checks import PythonTest, explained, tests_of, without_torch
from autograder.sandbox.host.calls import Call, Run
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import Missing, Raised

LONGEST = 200  # characters of a failed assertion, for the instructor
AT_LEAST = 10.0  # seconds for a test
SANDBOX = Path(sandbox.__file__).parent


def grade(check: PythonCheck, context: CodeContext) -> Outcome:
    """Run the test of a check.

    Raises GraderFault if the test itself is at fault.
    """
    context.call_published_first()
    if check.file not in context.record.tests:
        context.record.tests[check.file] = tests_of(context.lab.folder / check.file)
    test = _find(context.record.tests[check.file], check)
    assert isinstance(context.program, SandboxedProgram)
    result = _run(test, check, context, context.program)
    score, board = _score(test, check), _leaderboard(test)  # before the reference sets its own
    failure = _failure(result, test, check, context)
    if failure is None:
        points = check.points if score is None else score
        text = "Right." if points >= check.points else "Partly right." if points else NOT_AS_ASKED
        return Outcome(points, text, leaderboard=board)
    text, advice = _said(test, failure, context.lab.folder / check.file)
    return Outcome(score or 0.0, text, hint=advice, graded=not isinstance(failure, NoResult), leaderboard=board)


def _find(tests: Sequence[PythonTest], check: PythonCheck) -> PythonTest:
    return next(test for test in tests if test.id == check.test)


class _Result(unittest.TestResult):
    """What came of a test. unittest adds to it."""

    def __init__(self) -> None:
        super().__init__()
        self.failure: AssertionError | NoResult | None = None  # the first failed assertion, or call
        self.error: BaseException | None = None  # the first exception that is none

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        """A failed assertion."""
        self.add(err[1])

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        """An exception of the test, or of the set-up of its class."""
        self.add(err[1])

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        """A part of a test that failed fails it."""
        if err is not None:
            self.add(err[1])

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        """A test has points, so it cannot be skipped."""
        self.add(GraderFault(f"{test.id()} was skipped ({reason}); a test that has points cannot be"))

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        """unittest's decorator is for bugs that are known: a check has no use for it."""
        self.add(GraderFault(f"{test.id()} is expected to fail; a test that has points cannot be"))

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        """The same."""
        self.addExpectedFailure(test, None)

    def add(self, error: BaseException) -> None:
        """What the test failed with."""
        if isinstance(error, AssertionError | NoResult):
            self.failure = self.failure or error
        else:
            self.error = self.error or error


def _failure(
    result: _Result, test: PythonTest, check: PythonCheck, context: CodeContext
) -> AssertionError | NoResult | None:
    """What failed in a test with this result; None if nothing did.

    If it raised an exception, that is due to what the program returned if the reference passes in its place, and else
    a GraderFault.
    """
    reference = context.oracle.reference
    assert isinstance(reference, SandboxedProgram)
    where, error = f"{check.file}: {test.id}", result.error
    if isinstance(error, limited.TooMuch | SystemExit):
        raise GraderFault(f"{where} ended the grader, or did not end in time") from error
    if error is None or result.failure is not None:
        return result.failure
    anew = _find(tests_of(context.lab.folder / check.file), check)  # it knows nothing of the student's results
    again = _run(anew, check, context, reference)
    if again.error is None and again.failure is None:
        if "NoneType" in str(error):
            return CheckFailed("The check got None where it needs a value: is a return missing?")
        return CheckFailed(
            f"The check could not work with what it got ({type(error).__name__}): is it of another type?"
        )
    traceback.print_exception(error, file=sys.__stderr__)
    raise GraderFault(f"{where}: {explained(error)}") from error


def _run(test: PythonTest, check: PythonCheck, context: CodeContext, program: SandboxedProgram) -> _Result:
    """Run a test of a program, with the fixtures of its class.

    It may take half of the time that the submission has left, so that even several that hang leave some to the others.
    """
    for function in _wrapped(test):
        for kept in ("__score__", "__leaderboard_value__"):  # by gradescope-utils, from the submission before
            vars(function).pop(kept, None)
    case = _connected(test, check, context, program)(test.method)
    result = _Result()
    left = context.lab.rubric.limits.submission - (time.monotonic() - context.record.started)
    limit = limited.wall_time(max(left / 2, AT_LEAST), _run.__code__, SANDBOX)
    try:
        with limit, without_torch(), contextlib.redirect_stdout(sys.stderr):  # stdout may be results.json
            unittest.TestSuite([case]).run(result)
    except (NoResult, SystemExit) as error:  # unittest lets them through in the set-up of a class
        result.add(error)
    return result


def _wrapped(test: PythonTest) -> Iterator[Callable[..., Any]]:
    """The test method, and what its decorators are wrapped around."""
    function: Callable[..., Any] | None = test.function
    while function is not None:
        yield function
        function = getattr(function, "__wrapped__", None)


def _set(test: PythonTest, name: str) -> Any:
    """What the test set by one of gradescope-utils' functions; None if nothing."""
    return next((vars(each)[name] for each in _wrapped(test) if name in vars(each)), None)


def _connected(
    test: PythonTest, check: PythonCheck, context: CodeContext, program: SandboxedProgram
) -> type[unittest.TestCase]:
    """The class of a test with its programs and its random numbers, which `setUpClass` has too."""
    import numpy as np

    from autograder.checks.lab_test import Program

    lab, reference = context.lab, context.oracle.reference
    assert isinstance(reference, SandboxedProgram)
    seed = hmac.new(lab.rubric.key.encode(), f"{check.file}/{test.id}/{context.digest}".encode(), hashlib.sha256)
    functions = {name: function.arrays_as for name, function in lab.rubric.functions.items()}
    cells = context.submission.program.cells if context.submission.program else ()

    def fault(name: str, call: Call) -> GraderFault:
        return of_reference(name, call, reference.loading)

    def explain(name: str, call: Call) -> BaseException:
        returns = {each: function.returns for each, function in lab.rubric.functions.items()}
        if program is reference:
            return fault(name, call)
        failure = unanswered(name, call, program.loading, returns, show=False, program=cells)
        assert failure is not None
        exception = call.verdict.failure if isinstance(call.verdict, Raised) else None
        written = phrase(call, program.loading) != UNWRITTEN  # what the template raises is nothing that a test expects
        kind = (exception.python or exception.type) if exception and written else ""
        return raised(kind, failure.sentence, failure.advice) if kind else NoResult(failure.sentence, failure.advice)

    number = int.from_bytes(seed.digest()[:4], "big")

    def is_asked_for(name: str) -> bool:
        found = reference.run(Run(name, 0, (), {}, "read", False, number, "list", False))
        return not isinstance(found.verdict, Missing)

    usual = getattr(test.case, "arrays_as", "tensor")
    student = Program(program, explain, number, functions, usual, is_asked_for=is_asked_for)
    # The reference serves a whole class, so objects of earlier submissions would fill its memory.
    forget = program is not reference
    given = {
        "student": student,
        "reference": Program(reference, fault, number, functions, usual, forget=forget),
        "rng": np.random.default_rng(int.from_bytes(seed.digest(), "big")),
    }
    return type(test.case.__name__, (test.case,), {**given, "__module__": test.case.__module__})


def _said(test: PythonTest, failure: AssertionError | NoResult, path: Path) -> tuple[str, str]:
    """What a student reads about a failed assertion, and advice.

    Text is shown only if the instructor or we wrote it. What others write into an assertion, such as NumPy's testing
    functions, contains the right result; the instructor reads it on stderr.
    """
    if instead := test.said("hide_errors"):
        return str(instead), ""
    frames = traceback.extract_tb(failure.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(path.parent)]  # of the tests
    hidden = ""
    if isinstance(failure, CheckFailed | NoResult):
        text, advice, hidden = str(failure.args[0]), failure.advice, getattr(failure, "hidden", "")
    elif failure.args and own and frames[-1] is own[-1]:
        text, advice = str(failure), ""
    else:
        text, advice, hidden = NOT_AS_ASKED, "", str(failure) or "an assertion failed"
    if hidden and not _in_a_class():
        where = f"{path.name}, line {own[-1].lineno if own else test.line}, {test.id}"
        said = " ".join(hidden.split())[:LONGEST]
        print(f"autograder: {where}, not shown to the student: {said}", file=sys.__stderr__)
    return text, advice


def _in_a_class() -> bool:
    """Whether this is one of the processes that grade a class, in which nobody reads about each assertion."""
    import multiprocessing  # which then has been imported; a single run need not

    return multiprocessing.parent_process() is not None


def _score(test: PythonTest, check: PythonCheck) -> float | None:
    """What a test with @partial_credit set; None if nothing. Raises GraderFault for what is no score."""
    score = _set(test, "__score__")
    if score is None:
        return None
    score = _plain(score)
    if not isinstance(score, int | float) or not 0 <= score <= check.points or not math.isfinite(score):
        wrong = f"set the score {score!r}; it must be a number from 0 to {check.points:g}"
        raise GraderFault(f"{check.file}, line {test.line}: {test.id} {wrong}")
    return float(score)


def _plain(value: Any) -> Any:
    """A number of NumPy's as one of Python's; anything else unchanged."""
    return value.item() if type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0 else value


def _leaderboard(test: PythonTest) -> tuple[LeaderboardValue, ...]:
    """The column of a test with @leaderboard, if it set a value."""
    name, value = test.said("leaderboard_column"), _plain(_set(test, "__leaderboard_value__"))
    if name is None or value is None:
        return ()
    if not isinstance(value, int | float | str) or (isinstance(value, float) and not math.isfinite(value)):
        print(f"autograder: {test.id} set the leaderboard value {value!r}, which is not shown", file=sys.__stderr__)
        return ()
    return (LeaderboardValue(str(name), value, "asc" if test.said("leaderboard_sort_order") == "asc" else "desc"),)
