"""Tell students which points changed since their last attempt."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.gradescope.metadata import Earlier
from autograder.outcome import CheckResult
from autograder.rubric import Check, Lab

MAX_GROUPS = 12  # groups listed; a rubric has one per task


@dataclass(frozen=True)
class AttemptChange:
    """The points of some checks in the previous attempt and in this one."""

    was: float = 0.0
    now: float = 0.0
    out_of: float = 0.0

    def __add__(self, other: "AttemptChange") -> "AttemptChange":
        return AttemptChange(
            round(self.was + other.was, 2), round(self.now + other.now, 2), round(self.out_of + other.out_of, 2)
        )

    def __str__(self) -> str:
        direction = "up" if self.now > self.was else "down"
        return f"{direction} from {self.was:g} to {self.now:g} of {self.out_of:g} points"


def since_last(earlier: Sequence[Earlier], checks: Sequence[CheckResult], lab: Lab) -> str:
    """A line for each group of checks whose points changed, then the total; "" for a first attempt.

    Checks with the same first tag are a group. A check counts only if the student sees it now and saw it then, and its
    maximum is unchanged. The total is given only if every check counts.

    Args:
        earlier: the checks of the previous attempt.
        checks: the results of this attempt, in the order of the rubric.
        lab: the lab.
    """
    before = {each.number: each for each in earlier}
    groups: dict[str, AttemptChange] = {}
    total, left_out = AttemptChange(), lab.scale != 1.0  # the sum of the checks is not the total then
    for check, graded in zip(lab.rubric.checks, checks, strict=True):
        was = before.get(check.number)
        if not check.worth:
            continue
        if was is None or was.out_of != check.worth or lab.visibility(check) != "visible":
            left_out = True
            continue
        change = AttemptChange(was.score, graded.outcome.points, was.out_of)
        name = _group(check, lab)
        groups[name] = groups.get(name, AttemptChange()) + change
        total += change
    changed = [f"{name}: {change}" for name, change in groups.items() if change.now != change.was]
    if not groups:
        return ""
    if not changed:
        return "The points that you see are the same as in your last attempt."
    more = [f"and {len(changed) - MAX_GROUPS} more"] if len(changed) > MAX_GROUPS else []
    last = [f"Total: {total}"] if total.now != total.was and not left_out else []
    return "\n".join(["Since your last attempt:", *changed[:MAX_GROUPS], *more, *last])


def _group(check: Check, lab: Lab) -> str:
    """The function or task that a check is about: its first tag, without underscores unless it is a function's name."""
    tag = check.tags[0] if check.tags else check.name
    return tag if tag in lab.rubric.functions else tag.replace("_", " ")
