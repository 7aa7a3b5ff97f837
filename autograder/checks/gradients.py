"""Functions that return derivatives: graded like values (None counts as 0), with a note on how they were obtained."""

from dataclasses import replace

from autograder import rubric
from autograder.checks import values
from autograder.checks.context import CodeContext
from autograder.outcome import Outcome
from autograder.sandbox.host import protocol


def grade(check: rubric.GradientsCheck, context: CodeContext) -> Outcome:
    """The values decide; work by hand where autograd was asked for, or the reverse, gets a note and costs no
    points."""
    outcome = values.grade(check, context)
    asked = context.lab.rubric.functions[check.function].by
    if asked is None or not outcome.graded or not rubric.published(check):
        return outcome
    verdicts = [call.verdict for _, call in context.calls(check)]
    used = any(isinstance(verdict, protocol.Returned) and verdict.autograd for verdict in verdicts)
    if used and asked == "hand":
        instead = "it was meant to be done by hand, with the chain rule."
        note = f"{check.function}() let autograd compute the gradients; {instead}"
    elif not used and asked == "autograd":
        note = f"{check.function}() did not use autograd; it was meant to check your own gradients with it."
    else:
        return outcome
    return replace(outcome, notes=(*outcome.notes, note))
