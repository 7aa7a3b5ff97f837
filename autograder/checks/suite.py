"""The rubric's checks as a `unittest.TestCase` with gradescope-utils' decorators: one test method an entry."""

import unittest
from collections.abc import Callable
from typing import Any

from gradescope_utils.autograder_utils.decorators import number, partial_credit, tags, visibility, weight

from autograder.checks import device, gradients, paper, received, training, values
from autograder.checks.context import CodeContext, GradingContext
from autograder.limited import TooMuch
from autograder.outcome import Outcome
from autograder.rubric import Check, DeviceCheck, GradientsCheck, PaperCheck, ReceivedCheck, TrainingCheck, ValuesCheck

TOO_MUCH = "Not marked: comparing what was handed in took the grader far longer than it takes for others."


class LabTestCase(unittest.TestCase):
    """The base of a check: `marking` holds student and reference; a test leaves its `outcome` for the report."""

    context: GradingContext
    outcome: Outcome | None = None


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


def suite(context: GradingContext) -> unittest.TestSuite:
    """The rubric's checks in its order, ready for a runner."""
    methods = {f"test_{index:03}": _method(check, context) for index, check in enumerate(context.lab.rubric.checks)}
    case: Any = type("LabChecks", (LabTestCase,), {**methods, "context": context})
    return unittest.TestSuite(case(name) for name in methods)


def _method(check: Check, context: GradingContext) -> Callable[..., None]:
    def test(self: LabTestCase, set_score: Callable[[float], None] | None = None) -> None:
        try:
            self.outcome = grade(check, self.context)
        except TooMuch:
            self.outcome = Outcome(0.0, TOO_MUCH, graded=False)
        self.context.record.points[check.number] = self.outcome.points
        if set_score:
            set_score(self.outcome.points)

    test.__doc__ = check.name
    decorators = [weight(check.points), number(check.number), visibility(context.lab.visibility(check))]
    if check.tags:
        decorators.append(tags(*check.tags))
    if check.points:
        decorators.append(partial_credit(check.points))
    decorated: Any = test
    for decorate in decorators:
        decorated = decorate(decorated)
    return decorated  # type: ignore[no-any-return]
