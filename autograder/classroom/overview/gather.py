"""One pass over the records of a class: each is read, what the page needs of it is kept, and it is let go.

What is kept grows by one lean `Student` a submission; everything else by what is different in the class.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from autograder.classroom.store import SubmissionRecord, to_look_at
from autograder.outcome import CheckResult, Curve, GradeReport, State
from autograder.rubric import Check, DeviceCheck, Lab, PaperCheck, ReceivedCheck, TrainingCheck, published
from autograder.text import clean

LONGEST_NAME = 120  # characters shown of a name or an id
LONGEST_EXAMPLE = 2_000  # characters shown of a check's feedback
SAME_PLOT = 1000  # two losses are drawn alike when they agree to this part of the plot's height: three digits
LEAST_DIGITS = 3  # of a wrong number that is not likely to be met by chance, as 0, 2 or 0.5 are


@dataclass(frozen=True)
class StudentSummary:
    """A line of the table: one submission. total: None where it could not be marked. cells: points and state of each
    check that gives points. scores: of all attempts, the oldest first, None where not told. problem: what the
    instructor has to look at. mistakes: the ids of those found."""

    id: str
    fingerprint: str
    who: str
    total: float | None
    cells: tuple[tuple[float, State], ...]
    scores: tuple[float | None, ...]
    problem: str
    mistakes: frozenset[str]


@dataclass(frozen=True)
class Example:
    """What the feedback of one student says in a check, with nothing in it that names the student."""

    number: str
    name: str
    text: str


@dataclass
class MistakeCount:
    """A mistake of the class: by how many students, in which functions or sections, and how its feedback reads."""

    students: int = 0
    where: dict[str, None] = field(default_factory=dict)
    example: Example | None = None


@dataclass
class Shape:
    """Loss curves that look the same in a plot. explained: how many are right (""), how many have which mistakes."""

    curve: Curve
    number: str
    students: int = 0
    explained: Counter[tuple[str, ...] | None] = field(default_factory=Counter)


@dataclass(frozen=True)
class NearMiss:
    """A quantity judged wrong whose value is close to the right one. student: the position in `Gathered.students`.
    value: the student's own, where all have the same inputs."""

    student: int
    number: str
    quantity: str
    value: float | None


@dataclass(frozen=True)
class WrongAnswer:
    """A wrong number that no known mistake explains, as it is written with six digits, and what it was given for."""

    number: str
    quantity: str
    text: str


@dataclass
class Gathered:
    """All that the page shows, by what it is counted. near_explained: near misses that a known mistake explains, which
    nobody has to look at. unanswered: functions that gave nothing, and why. unexplained: by a check's number, how many
    were wrong in it in a way that is not known. wrong: who gave a number, as positions in `students`."""

    students: list[StudentSummary] = field(default_factory=list)
    mistakes: dict[str, MistakeCount] = field(default_factory=dict)
    shapes: dict[tuple[object, ...], Shape] = field(default_factory=dict)
    near: list[NearMiss] = field(default_factory=list)
    near_explained: int = 0
    unanswered: Counter[tuple[str, str]] = field(default_factory=Counter)
    unexplained: Counter[str] = field(default_factory=Counter)
    wrong: dict[WrongAnswer, list[int]] = field(default_factory=dict)


def gather(lab: Lab, records: Iterable[SubmissionRecord]) -> Gathered:
    """Everything in the records that the page shows. Where students have numbers of their own, the same wrong number
    of two of them tells nothing."""
    checks = {check.number: check for check in lab.rubric.checks}
    found = Gathered()
    for record in records:
        if record.report and not record.problem:
            _add(found, checks, record, record.report)
        found.students.append(_student(record, checks, to_look_at(lab, record)))
    if lab.rubric.individual:
        found.wrong.clear()
    return found


def place(check: Check) -> str:
    """What a check is about, in words: a function, or a section on paper."""
    match check:
        case ReceivedCheck():
            return "what was handed in"
        case PaperCheck():
            return f"{check.section} on paper"
        case DeviceCheck():
            return "device"
        case _:
            return check.function


def _student(record: SubmissionRecord, checks: Mapping[str, Check], more: Sequence[str]) -> StudentSummary:
    report = record.report
    graded = [each for each in report.checks if checks[each.number].points] if report else []
    return StudentSummary(
        record.id,
        record.fingerprint,
        clean(record.who, LONGEST_NAME),
        report.points if report and not record.problem else None,
        tuple(_cell(each.outcome.points, each.state) for each in graded),
        tuple(attempt.score for attempt in record.attempts),
        clean("; ".join(filter(None, (record.problem, *more)))),
        _likeliest(report) if report else frozenset(),
    )


@cache
def _cell(points: float, state: State) -> tuple[float, State]:
    """One object for all cells that are equal: a class has many cells and few different ones."""
    return points, state


def _likeliest(report: GradeReport) -> frozenset[str]:
    """The mistakes found; of several explanations that fit a check the first, which is the likeliest."""
    return frozenset(id for each in report.checks if each.outcome.mistakes for id in each.outcome.mistakes[0])


def _add(found: Gathered, checks: Mapping[str, Check], record: SubmissionRecord, report: GradeReport) -> None:
    """Add a marked submission, which will stand next in `found.students`."""
    index = len(found.students)
    seen: set[str] = set()
    unanswered: set[tuple[str, str]] = set()
    for graded in report.checks:
        check, outcome = checks[graded.number], graded.outcome
        if outcome.unanswered:
            unanswered.add((place(check), outcome.unanswered))
        for id in outcome.mistakes[0] if outcome.mistakes else ():
            mistake = found.mistakes.setdefault(id, MistakeCount())
            mistake.where.setdefault(place(check))
            if id not in seen:  # in a later check the feedback only refers to the first one
                mistake.students += 1
                mistake.example = mistake.example or _example(graded, record)
                seen.add(id)
        if outcome.curve and isinstance(check, TrainingCheck) and published(check):
            _add_curve(found, graded, outcome.curve)
        _add_wrong(found, index, graded)
    found.unanswered.update(unanswered)


def _add_curve(found: Gathered, graded: CheckResult, curve: Curve) -> None:
    heights = (round(SAME_PLOT * loss / curve.top) if curve.shows(loss) else None for loss in curve.losses)
    shape = found.shapes.setdefault((graded.number, *heights), Shape(curve, graded.number))
    shape.students += 1
    right = graded.state == "right"
    shape.explained[() if right else graded.outcome.mistakes[0] if graded.outcome.mistakes else None] += 1


def _add_wrong(found: Gathered, index: int, graded: CheckResult) -> None:
    """What is wrong in a check: near misses, and the numbers that nothing explains."""
    outcome = graded.outcome
    if outcome.mistakes:
        found.near_explained += len(outcome.near)
        return
    found.unexplained[graded.number] += outcome.graded and not graded.fault and graded.state in ("wrong", "partly")
    given = dict(outcome.given)
    found.near += [NearMiss(index, graded.number, name, given.get(name)) for name in outcome.near]
    for name, value in outcome.given:
        text = f"{value:.6g}"
        if len(re.sub(r"e.*|\D", "", text).strip("0")) >= LEAST_DIGITS:
            found.wrong.setdefault(WrongAnswer(graded.number, name, text), []).append(index)


def _example(graded: CheckResult, record: SubmissionRecord) -> Example | None:
    """The feedback of a check, unless the id is in it, or a word of a name, an address or a student number."""
    text = clean(graded.outcome.text, LONGEST_EXAMPLE)
    told = " ".join(part for person in record.people for part in (person.name, person.email, person.sid))
    words = [record.id, *re.findall(r"[^\W_]{3,}", told)]
    if any(word.casefold() in text.casefold() for word in words):
        return None
    return Example(graded.number, graded.name, text)
