"""Questions that the instructor threw out after the lab was given: everyone gets their points, or they do not count."""

from collections.abc import Iterable
from dataclasses import replace

from autograder.outcome import CheckResult
from autograder.rubric import Check, Lab
from autograder.text import join_names

AWARDED = "Everyone gets all points of this check."
NOT_COUNTED = "This check does not count."


def thrown_out(lab: Lab, results: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """Apply `award: everyone` and `counts: false` of the rubric's checks to their results; other results stay.

    What the check found is still shown. A fault of the grader no longer matters, because the points do not depend on
    it.
    """
    changed = {check.number: check for check in lab.rubric.checks if check.award or not check.counts}
    return tuple(_thrown_out(changed[each.number], each) if each.number in changed else each for each in results)


def _thrown_out(check: Check, result: CheckResult) -> CheckResult:
    points, note = (check.points, AWARDED) if check.counts else (0.0, NOT_COUNTED)
    outcome = replace(result.outcome, points=points, notes=(*result.outcome.notes, note))
    return replace(result, out_of=points, outcome=outcome, fault=False, decided=note)


def left_out(lab: Lab) -> str:
    """A sentence for students about the checks they see that do not count, and the total; "" if all count."""
    numbers = [check.number for check in lab.rubric.checks if not check.counts and lab.visibility(check) == "visible"]
    if lab.scale == 1.0:
        return ""
    scaled = f"The other points are scaled up, so that the total is still out of {lab.rubric.points:g}."
    return f"Not counted: {join_names(numbers)}. {scaled}" if numbers else scaled


def for_instructor(lab: Lab) -> str:
    """A sentence about the checks that were thrown out, and what that does to the totals; "" if there are none."""
    awarded = [check.number for check in lab.rubric.checks if check.award]
    given = f"everybody gets all points of {join_names(awarded)}" if awarded else ""
    gone = [check.number for check in lab.rubric.checks if not check.counts]
    scaled = f"{join_names(gone)} {'do' if len(gone) > 1 else 'does'} not count, and sums of points are multiplied by "
    parts = [given, f"{scaled}{lab.scale:.4g}" if gone else ""]
    return f"Thrown out: {'; '.join(filter(None, parts))}." if any(parts) else ""
