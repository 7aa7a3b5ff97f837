"""Carries out the checks of the rubric: each has exactly one result, whatever happens in it."""

import sys
import time
import traceback
from collections.abc import Callable

from autograder.checks import device, gradients, paper, python_tests, received, training, values
from autograder.checks.context import CodeContext, GradingContext
from autograder.errors import GraderFault
from autograder.limited import TooMuch
from autograder.outcome import CheckResult, Outcome
from autograder.rubric import (
    Check,
    DeviceCheck,
    GradientsCheck,
    LearnsCheck,
    PaperCheck,
    PythonCheck,
    ReceivedCheck,
    TrainingCheck,
    ValuesCheck,
)

FAULT = "The grader failed in this check. This is not your fault; please tell your instructor."
TOO_MUCH = "Not graded: comparing your results took the grader far longer than it takes for others."


def run(context: GradingContext, on_graded: Callable[[CheckResult], None]) -> tuple[CheckResult, ...]:
    """Carry out all checks, in the rubric's order.

    on_graded: called with the result of each check as soon as it is there.
    """
    results = []
    for check in context.lab.rubric.checks:
        started, fault = time.monotonic(), False
        try:
            outcome = grade(check, context)
        except TooMuch:
            outcome = Outcome(0.0, TOO_MUCH, graded=False)
        except Exception as error:
            tell_instructor(error)
            outcome, fault = Outcome(0.0, FAULT, graded=False), True
        context.record.points[check.number] = outcome.points
        seconds = time.monotonic() - started
        results.append(CheckResult(check.number, check.name, check.points, outcome, fault, seconds))
        on_graded(results[-1])
    return tuple(results)


def tell_instructor(error: Exception) -> None:
    """Write to stderr, which students do not see."""
    if isinstance(error, GraderFault):
        print(f"autograder: {error}", file=sys.__stderr__)
    else:
        traceback.print_exception(error, file=sys.__stderr__)


def grade(check: Check, context: GradingContext) -> Outcome:
    """Carry out one check. Checks of code need a CodeContext; without one they say that there is no program."""
    match check:
        case ReceivedCheck():
            return received.grade(check, context, context.program.load() if isinstance(context, CodeContext) else None)
        case PaperCheck():
            return paper.grade(check, context)
    if not isinstance(context, CodeContext):
        return Outcome(0.0, f"There is no {context.lab.rubric.program} to run (see the first entry).", graded=False)
    match check:
        case ValuesCheck():
            return values.grade(check, context)
        case GradientsCheck():
            return gradients.grade(check, context)
        case TrainingCheck():
            return training.grade(check, context)
        case DeviceCheck():
            return device.grade(check, context)
        case LearnsCheck():
            from autograder.checks import learning  # imports NumPy

            return learning.grade(check, context)
        case PythonCheck():
            return python_tests.grade(check, context)
