"""The rubric's checks as a unittest suite; an instructor's own gradescope-utils tests run in it too."""

import unittest

from gradescope_utils.autograder_utils.decorators import number

from autograder.checks import device, gradients, paper, python_tests, received, training, values
from autograder.checks.context import CodeContext, GradingContext
from autograder.limited import TooMuch
from autograder.outcome import Outcome
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

TOO_MUCH = "Not graded: comparing your results took the grader far longer than it takes for others."


def suite(context: GradingContext) -> unittest.TestSuite:
    """The rubric's checks as test cases, in the rubric's order."""
    return unittest.TestSuite(CheckCase(check, context) for check in context.lab.rubric.checks)


class CheckCase(unittest.TestCase):
    """One check as a test case. Its test sets `outcome`; points, tags and visibility are read from the rubric."""

    outcome: Outcome | None = None

    def __init__(self, check: Check, context: GradingContext) -> None:
        def test() -> None:
            try:
                self.outcome = grade(check, context)
            except TooMuch:
                self.outcome = Outcome(0.0, TOO_MUCH, graded=False)
            context.record.points[check.number] = self.outcome.points

        self.test = number(check.number)(test)
        super().__init__("test")


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
