"""Reasons, notes and advice are given in full once; later checks refer to the check that gave them first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.outcome import CheckResult, Outcome
from autograder.rubric import Lab


def said_once(
    lab: Lab, results: Sequence[CheckResult], reasons: Mapping[str, Sequence[str]]
) -> tuple[CheckResult, ...]:
    """Replace repeated reasons and advice by a reference ("See the advice under 3.1.") and leave out repeated notes.

    A text counts as given only for those who see it: advice in a check that is hidden until the due date is given again
    in one that all students see. A result depends only on those before it, so this can be called after every check.

    Args:
        lab: its rubric says who sees which check.
        results: the checks finished so far, in the order in which they ran.
        reasons: by check number, what identifies the reasons for missing results that the check states.
    """
    given: dict[str, dict[str, str]] = {}  # by visibility, then by text: the number of the check that gave it first
    visibility = {check.number: lab.visibility(check) for check in lab.rubric.checks}
    return tuple(
        replace(
            each,
            outcome=_referring(
                each.number,
                each.outcome,
                reasons.get(each.number, ()),
                given.setdefault(visibility[each.number], {}),
            ),
        )
        for each in results
    )


def _referring(number: str, outcome: Outcome, reasons: Sequence[str], given: dict[str, str]) -> Outcome:
    """The outcome of check `number` with references to what is `given` already; what it gives itself is added."""
    stated = [given.setdefault(reason, number) for reason in reasons]
    if not outcome.graded and stated and stated[0] != number:
        outcome = replace(outcome, summary=f"No result, for the reason given under {stated[0]}.", hint="")
    notes = tuple(note for note in outcome.notes if given.setdefault(note, number) == number)
    first = given.setdefault(outcome.hint, number) if outcome.hint else number
    hint = outcome.hint if first == number else f"See the advice under {first}."
    return replace(outcome, hint=hint, notes=notes)
