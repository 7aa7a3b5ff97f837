"""What marking found, as data: one outcome a check, one report a submission. Reports in any form are views of these."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from autograder.sandbox.host.confinement import Confinement

State = Literal["right", "follows", "partly", "wrong", "blank", "unreadable"]
SIGNS: dict[State, str] = {"right": "✓", "follows": "↳", "partly": "~", "wrong": "✗", "blank": "·", "unreadable": "?"}
WORDS: dict[State, str] = {
    "right": "right",
    "follows": "right, following",
    "partly": "partly right",
    "wrong": "wrong",
    "blank": "missing",
    "unreadable": "unreadable",
}


@dataclass(frozen=True)
class Finding:
    """One quantity: its state, and what is to be said of it ("" when it is right and there is nothing to add)."""

    quantity: str
    state: State
    text: str = ""

    def __str__(self) -> str:
        return f"{SIGNS[self.state]} {self.quantity}{': ' if self.text else ''}{self.text}"


PLURAL = {"is": "are", "has": "have", "does": "do", "holds": "hold"}


def merged(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, those of which the same is to be said put together: "m1, r, m2: are missing"."""
    together: dict[tuple[State, str], list[str]] = {}
    for finding in findings:
        together.setdefault((finding.state, finding.text), []).append(finding.quantity)
    return tuple(
        Finding(", ".join(names), state, text if len(names) == 1 else _of_several(text))
        for (state, text), names in together.items()
    )


def _of_several(text: str) -> str:
    first, space, rest = text.partition(" ")
    return PLURAL.get(first, first) + space + rest


@dataclass(frozen=True)
class Curve:
    """The losses of a training loop, and what a right loop's would be; one value an epoch."""

    losses: Sequence[float]
    expected: Sequence[float]

    @property
    def top(self) -> float:
        """Where a plot ends: a fifth above the highest of a right loop's losses."""
        return 1.2 * max((loss for loss in self.expected if math.isfinite(loss)), default=1.0) or 1.0

    def shows(self, loss: float) -> bool:
        """Whether a loss lies in the plot; one that is nan does not."""
        return 0 <= loss <= self.top

    @property
    def beyond(self) -> int:
        """How many of the submission's losses do not lie in the plot."""
        return sum(not self.shows(loss) for loss in self.losses)


@dataclass(frozen=True)
class Outcome:
    """What became of one check.

    summary: what was asked and what came back, in a sentence or two. hint: what to look at. marked: False when the
    check could not be carried out (the function is missing, say): then there are no findings. path: the quantities in
    the order in which they are computed, with their states, where that shows how far the work is right. mistakes: the
    explanations found for what is wrong, each the ids of the mistakes that together explain all of it.

    For the instructor, who compares students: near, the quantities judged wrong whose values are close to the right
    ones; given, the student's own numbers that are wrong, where every student has the same inputs; unanswered, why
    the function gave nothing to mark, in one of few phrases ("returned nothing").
    """

    points: float
    summary: str
    findings: tuple[Finding, ...] = ()
    hint: str = ""
    notes: tuple[str, ...] = ()
    curve: Curve | None = None
    graded: bool = True
    path: tuple[tuple[str, State], ...] = ()
    mistakes: tuple[tuple[str, ...], ...] = ()
    near: tuple[str, ...] = ()
    given: tuple[tuple[str, float], ...] = ()
    unanswered: str = ""

    @property
    def text(self) -> str:
        """The outcome in plain words, for a place that knows no markup."""
        shown = [str(finding) for finding in self.findings]
        hint = [f"→ {self.hint}"] if self.hint else []
        path = [drawn(self.path)] if self.path else []
        return "\n".join([self.summary, *path, *shown, *hint, *(f"Note: {note}" for note in self.notes)])


@dataclass(frozen=True)
class CheckResult:
    """A check with its outcome. fault: the grader itself failed in it, so the outcome says nothing about the student.
    seconds: wall time that it took."""

    number: str
    name: str
    out_of: float
    outcome: Outcome
    fault: bool = False
    seconds: float = 0.0
    decided: str = ""  # a sentence for the student if an instructor decided on the points, "" if the check did

    @property
    def state(self) -> State:
        """How the check went as a whole."""
        if self.outcome.points >= self.out_of:
            follows = any(finding.state == "follows" for finding in self.outcome.findings)
            return "follows" if follows else "right"
        if self.outcome.points > 0:
            return "partly"
        return "wrong" if self.outcome.graded else "blank"

    @property
    def word(self) -> str:
        """The state in words."""
        if self.decided:
            return "points set by hand"
        return "the grader failed" if self.fault else WORDS[self.state]


@dataclass(frozen=True)
class GradeReport:
    """One submission, marked. seconds: wall time of the whole run. seed: what its drawn inputs are drawn from, beside
    the rubric's key. warnings: for the instructor, a sentence each. numbers_of: for the instructor, whose published
    inputs it was marked with, "" where all have the same. told: to the student, of the submission as a whole."""

    lab: str
    submission: str
    device: str
    checks: tuple[CheckResult, ...]
    seconds: float
    confinement: Confinement
    seed: str = ""
    warnings: tuple[str, ...] = ()
    numbers_of: str = ""
    told: str = ""
    scale: float = 1.0  # by what sums of points are multiplied, if some checks do not count
    total: float | None = None  # the points of the whole, if an instructor set them instead of the sum
    overrides: tuple[str, ...] = ()  # for the instructor: a sentence for each decision by hand

    @property
    def points(self) -> float:
        """The total: the sum of all points, unless an instructor set it."""
        return self.sum_of(self.checks) if self.total is None else self.total

    @property
    def out_of(self) -> float:
        """The sum of the points that could be had."""
        return round(self.scale * sum(check.out_of for check in self.checks), 2)

    def sum_of(self, checks: Iterable[CheckResult]) -> float:
        """What some of the checks contribute to the total."""
        return round(self.scale * sum(check.outcome.points for check in checks), 2)

    @property
    def faulty(self) -> bool:
        """Whether the grader itself failed anywhere."""
        return any(check.fault for check in self.checks)


def drawn(path: Sequence[tuple[str, State]]) -> str:
    """The graph's quantities in a line, each with its sign: "m1 ✓ → r ✗ → m2 ↳"."""
    return " → ".join(f"{name} {SIGNS[state]}" for name, state in path)
