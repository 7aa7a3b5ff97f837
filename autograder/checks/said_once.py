"""Reasons, notes and advice are given in full once; later checks refer to the check that gave them first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.outcome import CheckResult, Outcome
from autograder.rubric import Lab

REASON = "No result, for the reason given under {}."
ADVICE = "See the advice under {}."
REFERENCE = re.compile("|".join(f"(?:{text[:-1].replace('{}', '(.+)')}[.])" for text in (REASON, ADVICE)))


def referred_to(text: str) -> str:
    """The number of the check that a text refers to; "" if it gives a reason or advice itself."""
    found = REFERENCE.fullmatch(text)
    return next(filter(None, found.groups())) if found else ""


class SaidOnce:
    """Replaces repeated reasons and advice by a reference ("See the advice under 3.1.") and leaves out repeated notes.

    A text counts as given only for those who see it: advice in a check that is hidden until the due date is given again
    in one that all students see. A result depends only on those before it.
    """

    def __init__(self, lab: Lab, reasons: Mapping[str, Sequence[str]]) -> None:
        """lab: its rubric says who sees which check. reasons: by check number, what identifies the reasons for missing
        results that the check states."""
        self._reasons = reasons
        self._visibility = {check.number: lab.visibility(check) for check in lab.rubric.checks}
        self._given: dict[str, dict[str, str]] = {}  # by visibility, then by text: the check that gave it first

    def __call__(self, result: CheckResult) -> CheckResult:
        """The next result, in the order in which the checks ran."""
        given = self._given.setdefault(self._visibility[result.number], {})
        reasons = self._reasons.get(result.number, ())
        return replace(result, outcome=_referring(result.number, result.outcome, reasons, given))


def _referring(number: str, outcome: Outcome, reasons: Sequence[str], given: dict[str, str]) -> Outcome:
    """The outcome of check `number` with references to what is `given` already; what it gives itself is added."""
    stated = [given.setdefault(reason, number) for reason in reasons]
    if not outcome.graded and stated and stated[0] != number:
        outcome = replace(outcome, summary=REASON.format(stated[0]), hint="")
    notes = tuple(note for note in outcome.notes if given.setdefault(note, number) == number)
    first = given.setdefault(outcome.hint, number) if outcome.hint else number
    hint = outcome.hint if first == number else ADVICE.format(first)
    lines = tuple(line for line in outcome.lines if given.setdefault(line.text, number) == number)
    return replace(outcome, hint=hint, notes=notes, lines=lines)
