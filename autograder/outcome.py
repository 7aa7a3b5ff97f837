"""What grading found, as data: one outcome for each check, one report for each submission; all views are made of it."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from autograder.rubric import LOSSES
from autograder.sandbox.host.confinement import Confinement

State = Literal["right", "follows", "partly", "wrong", "blank", "unreadable"]
SIGNS: dict[State, str] = {"right": "✓", "follows": "↳", "partly": "~", "wrong": "✗", "blank": "·", "unreadable": "?"}
WORDS: dict[State, str] = {
    "right": "right",
    "follows": "right, following",  # correct given an earlier value of the student
    "partly": "partly right",
    "wrong": "wrong",
    "blank": "missing",
    "unreadable": "unreadable",
}


BLOCKS = "▁▂▃▄▅▆▇█"  # all as wide as each other in every font, so that two lines of them can be compared
MOST_BLOCKS = 40  # of more losses, some are left out at equal distances
ITEM = "- "  # begins each line of a list in a hint


@dataclass(frozen=True)
class Finding:
    """What a check says about one quantity."""

    quantity: str
    state: State
    text: str = ""  # a clause with the quantity as its subject; "" if there is nothing to add

    def __str__(self) -> str:
        return f"{SIGNS[self.state]} {self.quantity}{': ' if self.text else ''}{self.text}"


@dataclass(frozen=True)
class OwnNumber:
    """What the student gave for one quantity, right or wrong."""

    quantity: str
    state: State
    text: str  # the number or the array as text; "" if there is none
    written: str = ""  # how the student wrote it on paper, if that is arithmetic


PLURAL = {"is": "are", "has": "have", "does": "do", "holds": "hold", "it": "they"}
SUBJECT_AND_VERB = re.compile(r"^(is|has|does|holds)\b|\b(it) (is|has|does|holds)\b")


def merged(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, with quantities joined where the text is the same: "m1, r, m2: are missing"."""
    together: dict[tuple[State, str], list[str]] = {}
    for finding in findings:
        together.setdefault((finding.state, finding.text), []).append(finding.quantity)
    return tuple(Finding(", ".join(names), state, _agreeing(text, names)) for (state, text), names in together.items())


def _agreeing(text: str, names: Sequence[str]) -> str:
    """The text with its verbs in the plural if that is what the names are: several quantities, or the losses."""
    if len(names) > 1 and text.startswith("is a "):
        return text.replace("is a ", "are each a ", 1)
    if len(names) == 1 and names[0] != LOSSES:
        return text
    return SUBJECT_AND_VERB.sub(lambda found: " ".join(PLURAL[word] for word in found[0].split()), text)


@dataclass(frozen=True)
class Curve:
    """The losses of a training loop and those of a correct one; one value for each epoch."""

    losses: Sequence[float]  # the submission's
    expected: Sequence[float]  # a right loop's

    @cached_property
    def top(self) -> float:
        """The top of a plot: a fifth above the highest loss of a correct loop."""
        return 1.2 * max((loss for loss in self.expected if math.isfinite(loss)), default=1.0) or 1.0

    def shows(self, loss: float) -> bool:
        """Whether a loss is inside the plot; nan is not."""
        return 0 <= loss <= self.top

    @property
    def beyond(self) -> int:
        """The number of the submission's losses that are outside the plot."""
        return sum(not self.shows(loss) for loss in self.losses)

    @property
    def text(self) -> str:
        """The losses as two lines of blocks, one block for each epoch: the higher, the larger the loss.

        An arrow is a loss that is above the top of a plot, a cross one that no plot shows.
        """
        epochs = max(len(self.losses), len(self.expected), 1)
        every = -(-epochs // MOST_BLOCKS)
        yours, expected = ("".join(map(self._block, each[::every])) for each in (self.losses, self.expected))
        which = "each epoch" if every == 1 else f"one of {every} epochs"
        return f"The loss in {which}:\n{yours} yours\n{expected} a correct loop"

    def _block(self, loss: float) -> str:
        if self.shows(loss):
            return BLOCKS[min(int(loss / self.top * len(BLOCKS)), len(BLOCKS) - 1)]
        return "↑" if loss > self.top else "×"


@dataclass(frozen=True)
class Line:
    """The line of the program where one small change makes everything right that the function returns, or takes one
    of its two mistakes away."""

    file: str  # the cell or the file; "" if there is only one
    number: int
    around: tuple[str, ...]  # the lines around it and itself, without their common indentation
    first: int  # the number of the first of these
    look: str  # what to look at there: a question, or a clause
    others: tuple[int, ...] = ()  # lines of the same file where a change does it as well
    fixes: Literal["all", "first", "second"] = "all"  # which of two mistakes that are named together, or all there is

    @property
    def source(self) -> str:
        """What is written in the line."""
        return self.around[self.number - self.first].strip()

    def names(self, number: int) -> bool:
        """Whether a line is named as the place of the mistake, or as one of its places."""
        return number == self.number or number in self.others

    @property
    def text(self) -> str:
        """For the student."""
        return self.said(f" (`{self.source}`)")

    def said(self, source: str = "") -> str:
        """For the student. source: what to say after the number of the line."""
        more = "".join(f" or in line {number}" for number in self.others)
        where = f"line {self.number}{f' of {self.file}' if self.file else ''}{source}{more}"
        does = "makes all results right" if self.fixes == "all" else f"fixes the {self.fixes} of the two mistakes"
        return f"One small change in {where} {does}: {self.look}{'' if self.look[-1] == '?' else '.'}"


@dataclass(frozen=True)
class LeaderboardValue:
    """What a check puts on Gradescope's leaderboard."""

    column: str
    value: float | str
    order: Literal["asc", "desc"] = "desc"


@dataclass(frozen=True)
class Outcome:
    """The result of one check."""

    points: float
    summary: str  # what was called or read, and what came back, in a sentence or two
    findings: tuple[Finding, ...] = ()
    hint: str = ""  # where to look; of several lines, the first says what is wrong
    notes: tuple[str, ...] = ()
    curve: Curve | None = None
    graded: bool = True  # False if the check could not be done, for instance because the function is missing
    path: tuple[tuple[str, State], ...] = ()  # quantities in the order of computation, if that shows the first mistake
    lines: tuple[Line, ...] = ()  # where the mistake is, or where each of two mistakes is
    mistakes: tuple[tuple[str, ...], ...] = ()  # explanations: ids of mistakes that together explain all wrong results
    leaderboard: tuple[LeaderboardValue, ...] = ()

    # The student's own numbers with the published inputs, of which students know what they are for.
    own: tuple[OwnNumber, ...] = ()

    # For the instructor, who compares students:
    near: tuple[str, ...] = ()  # wrong quantities whose values are close to the right ones
    given: tuple[tuple[str, float], ...] = ()  # the student's wrong numbers, where all students have the same inputs
    unanswered: str = ""  # why the function returned nothing to grade, in one of few phrases ("returned nothing")

    @property
    def text(self) -> str:
        """The outcome as plain text."""
        shown = [str(finding) for finding in self.findings]
        hint = [f"→ {said}" for said in (indented(self.hint), *(line.text for line in self.lines)) if said]
        path = [drawn(self.path)] if self.path else []
        return "\n".join([self.summary, *path, *shown, *hint, *(f"Note: {note}" for note in self.notes)])


@dataclass(frozen=True)
class CheckResult:
    """A check with its outcome."""

    number: str
    name: str
    out_of: float  # points
    outcome: Outcome
    fault: bool = False  # whether the grader itself failed in it; then the outcome says nothing about the student
    seconds: float = 0.0  # wall time
    decided: str = ""  # a sentence for the student if an instructor decided on the points; "" if the check did

    @property
    def state(self) -> State:
        """The state of the check as a whole."""
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
    """The results of one submission."""

    lab: str
    submission: str
    device: str
    checks: tuple[CheckResult, ...]
    seconds: float  # wall time of the whole run
    confinement: Confinement
    seed: str = ""  # the hidden inputs are drawn from it and the rubric's key
    warnings: tuple[str, ...] = ()  # for the instructor, a sentence each
    numbers_of: str = ""  # for the instructor: the student whose published inputs were used; "" if all have the same
    told: str = ""  # a sentence for the student about the submission as a whole
    scale: float = 1.0  # by what sums of points are multiplied, if some checks do not count
    total: float | None = None  # the points of the whole, if an instructor set them instead of the sum
    overrides: tuple[str, ...] = ()  # for the instructor: a sentence for each decision by hand
    seen: tuple[str, ...] = ()  # numbers of the checks that students see now; known only where something was decided

    @property
    def points(self) -> float:
        """The total: the sum of all points, unless an instructor set it."""
        return self.sum_of(self.checks) if self.total is None else self.total

    @property
    def out_of(self) -> float:
        """The maximum number of points."""
        return round(self.scale * sum(check.out_of for check in self.checks), 2)

    def sum_of(self, checks: Iterable[CheckResult]) -> float:
        """What some of the checks contribute to the total."""
        return round(self.scale * sum(check.outcome.points for check in checks), 2)

    @property
    def faulty(self) -> bool:
        """Whether the grader itself failed anywhere."""
        return any(check.fault for check in self.checks)


def indented(hint: str) -> str:
    """A hint as it is written after an arrow: its further lines begin where its first one does."""
    return hint.replace("\n", "\n  ")


def drawn(path: Sequence[tuple[str, State]]) -> str:
    """A path in one line, each quantity with the sign of its state: "m1 ✓ → r ✗ → m2 ↳"."""
    return " → ".join(f"{name} {SIGNS[state]}" for name, state in path)
