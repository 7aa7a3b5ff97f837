"""What changed since the student's last attempt, in words for the student."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.gradescope.metadata import Earlier
from autograder.outcome import CheckResult
from autograder.rubric import Check, Lab

MOST_TOLD = 12  # groups that are listed; a rubric has about as many groups as tasks


@dataclass(frozen=True)
class AttemptChange:
    """The points of a group of checks in the previous attempt and in this one."""

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

    Checks with the same first tag are a group. Only checks count that the student sees now and saw then, with the same
    maximum; the total is given only if these are all checks.
    """
    before = {each.number: each for each in earlier}
    groups: dict[str, AttemptChange] = {}
    total, left_out = AttemptChange(), False
    for check, graded in zip(lab.rubric.checks, checks, strict=True):
        was = before.get(check.number)
        if not check.points:
            continue
        if was is None or was.out_of != check.points or lab.visibility(check) != "visible":
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
    more = [f"and {len(changed) - MOST_TOLD} more"] if len(changed) > MOST_TOLD else []
    last = [f"Total: {total}"] if total.now != total.was and not left_out else []
    return "\n".join(["Since your last attempt:", *changed[:MOST_TOLD], *more, *last])


def _group(check: Check, lab: Lab) -> str:
    """The function or task that a check is about: its first tag, written as words unless it is a function's name."""
    tag = check.tags[0] if check.tags else check.name
    return tag if tag in lab.rubric.functions else tag.replace("_", " ")
