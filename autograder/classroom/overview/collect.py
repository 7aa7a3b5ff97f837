"""Collect what the class page needs in one pass over the records; each record is dropped after use.

Memory grows by one small `StudentSummary` per submission. Everything else grows only with what differs in the class.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import PurePath

from autograder.classroom import store
from autograder.classroom.overview.curves import heights
from autograder.classroom.overview.given_code import given_statements
from autograder.classroom.overview.identical_programs import CopyGroup, SubmittedProgram, find_copies
from autograder.classroom.overview.similar_answers import SimilarGroup, WrongAnswer, find_similar
from autograder.classroom.store import SubmissionRecord, review_reasons
from autograder.classroom.summary import Counts
from autograder.outcome import CheckResult, Curve, GradeReport, State
from autograder.rubric import (
    Check,
    DeviceCheck,
    Lab,
    PaperCheck,
    PythonCheck,
    ReceivedCheck,
    TrainingCheck,
    published,
)
from autograder.submission.normal_form import FunctionForm
from autograder.text import clean

LONGEST_NAME = 120  # characters shown of a name or an id
LONGEST_EXAMPLE = 2_000  # characters shown of a check's feedback
LEAST_DIGITS = 3  # of a wrong number that two students are unlikely to share by chance; 0, 2 or 0.5 have fewer


@dataclass(frozen=True)
class StudentSummary:
    """One submission: a row of the table."""

    id: str
    fingerprint: str
    who: str
    total: float | None  # None if it could not be graded
    cells: tuple[tuple[float, State], ...]  # points and state of each check that gives points
    scores: tuple[float | None, ...]  # of all attempts, oldest first; None if unknown
    problem: str  # what the instructor has to review
    mistakes: frozenset[str]  # ids of the mistakes found
    status: str = "Graded"  # in a few words, with nothing in it that identifies the student
    people: int = 1  # who submitted together
    near: tuple[str, ...] = ()  # the checks with near misses that nobody has decided
    left_out: bool = False  # whether it was not to be graded in this run
    decided: bool = False  # whether an instructor set its total, or left it as it is


@dataclass(frozen=True)
class Example:
    """The feedback of one student for one check, with nothing in it that identifies the student."""

    number: str
    name: str
    text: str


@dataclass
class MistakeCount:
    """A mistake in the class: how many people made it, in which functions or sections, and a feedback example."""

    people: int = 0
    where: dict[str, None] = field(default_factory=dict)
    example: Example | None = None


@dataclass(frozen=True)
class WrongLine:
    """A line of a program in which a small change makes a function right. look: what to look at there."""

    where: str
    source: str
    look: str


@dataclass
class Unanswered:
    """A reason why functions returned nothing to grade: how many people it concerns, in all and in each function."""

    people: int = 0
    functions: Counter[str] = field(default_factory=Counter)


@dataclass
class Shape:
    """Loss curves that look the same in a plot."""

    curve: Curve
    number: str
    people: int = 0
    explained: Counter[tuple[str, ...] | None] = field(default_factory=Counter)  # by mistakes; () is right


@dataclass(frozen=True)
class NearMiss:
    """A quantity graded as wrong whose value is close to the right one."""

    student: int  # position in `ClassData.students`
    number: str
    quantity: str
    value: float | None  # None if students have different inputs


@dataclass
class ClassData:
    """Everything that the class page shows."""

    students: list[StudentSummary] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    mistakes: dict[str, MistakeCount] = field(default_factory=dict)
    shapes: dict[tuple[object, ...], Shape] = field(default_factory=dict)
    near: list[NearMiss] = field(default_factory=list)
    near_explained: int = 0  # near misses that a known mistake explains, which nobody has to review
    unanswered: dict[str, Unanswered] = field(default_factory=dict)  # by the reason
    lines: Counter[WrongLine] = field(default_factory=Counter)  # how many people have each
    unexplained: Counter[str] = field(default_factory=Counter)  # by check number: wrong for no known reason
    by_hand: list[tuple[int, str]] = field(default_factory=list)  # position in `students`, and what was decided
    wrong: dict[WrongAnswer, list[int]] = field(default_factory=dict)  # who gave a number: positions in `students`
    copies: list[CopyGroup] = field(default_factory=list)  # whose programs are the same
    similar: list[SimilarGroup] = field(default_factory=list)  # whose wrong numbers are the same

    @property
    def graded(self) -> int:
        """How many submissions have a total."""
        return sum(student.total is not None for student in self.students)


def collect(lab: Lab, records: Iterable[SubmissionRecord]) -> ClassData:
    """Collect everything in the records that the page shows.

    If students have individual numbers, equal wrong numbers of two students mean nothing and are left out.
    """
    checks = {check.number: check for check in lab.rubric.checks}
    found = ClassData()
    programs: list[SubmittedProgram] = []
    given = given_statements(lab)
    forms: dict[FunctionForm, FunctionForm] = {}  # each once: many students write the same
    for record in records:
        if record.report and record.program:
            functions = tuple(forms.setdefault(each, each) for each in record.program.functions)
            form = replace(record.program, functions=functions)
            programs.append(SubmittedProgram(len(found.students), _identities(record), form, given))
        if record.report and not record.problem:
            _add(found, checks, record, record.report)
        found.counts.add(record)
        found.by_hand += [(len(found.students), each) for each in (record.report.overrides if record.report else ())]
        found.students.append(_summarize(record, checks, review_reasons(lab, record)))
    if lab.rubric.individual:
        found.wrong.clear()
    found.copies = find_copies(programs)
    found.similar = find_similar(found.wrong, found.graded)
    return found


def _identities(record: SubmissionRecord) -> frozenset[str]:
    """What identifies those who submitted, to recognize another submission of theirs."""
    return frozenset(part.casefold() for each in record.people for part in (each.email, each.sid) if part)


def topic(check: Check) -> str:
    """What a check is about, in words: a function, or a section of the paper answers."""
    match check:
        case ReceivedCheck():
            return "submitted files"
        case PaperCheck():
            return f"{check.section} on paper"
        case DeviceCheck():
            return "device"
        case PythonCheck():
            return PurePath(check.file).stem
        case _:
            return check.function


def _summarize(record: SubmissionRecord, checks: Mapping[str, Check], more: Sequence[str]) -> StudentSummary:
    report = record.report if record.graded else None
    graded = [each for each in report.checks if checks[each.number].worth] if report else []
    return StudentSummary(
        record.id,
        record.fingerprint,
        clean(record.who, LONGEST_NAME),
        record.points if record.graded else None,
        tuple(_cell(each.outcome.points, each.state) for each in graded),
        tuple(attempt.score for attempt in record.attempts),
        clean("; ".join(filter(None, (record.problem, record.note, *more)))),
        _likeliest_mistakes(report) if report else frozenset(),
        record.absent or ("Graded" if record.graded else "Not graded"),
        max(1, len(record.people)),
        tuple(each.number for each in near_misses(record)),
        record.problem in (store.NOT_YET, store.CHANGED),
        "" in record.left or _total_set(record),
    )


@cache
def _cell(points: float, state: State) -> tuple[float, State]:
    """Share one object among equal cells: a class has many cells but few different ones."""
    return points, state


def _likeliest_mistakes(report: GradeReport) -> frozenset[str]:
    """The mistakes found. If several explanations fit a check, the first is the most likely one."""
    return frozenset(id for each in report.checks if each.outcome.mistakes for id in each.outcome.mistakes[0])


def _add(found: ClassData, checks: Mapping[str, Check], record: SubmissionRecord, report: GradeReport) -> None:
    """Add a graded submission, which will be the next in `found.students`. Each member of a group counts."""
    index, people = len(found.students), max(1, len(record.people))
    seen: set[str] = set()
    unanswered: dict[str, dict[str, int]] = {}  # the functions without a result, by the reason
    for graded in report.checks:
        check, outcome = checks[graded.number], graded.outcome
        if outcome.unanswered:
            unanswered.setdefault(outcome.unanswered, {})[topic(check)] = people
        for id in outcome.mistakes[0] if outcome.mistakes else ():
            mistake = found.mistakes.setdefault(id, MistakeCount())
            mistake.where.setdefault(topic(check))
            if id not in seen:  # the feedback of later checks only refers to the first one
                mistake.people += people
                mistake.example = mistake.example or _example(graded, record)
                seen.add(id)
        for line in outcome.lines:
            if not _identifies(code := _bare(line.source), record):
                found.lines[WrongLine(topic(check), code, line.look)] += people
        if outcome.curve and isinstance(check, TrainingCheck) and published(check):
            _add_curve(found, graded, outcome.curve, people)
        _add_wrong(found, index, graded, people)
    for graded in near_misses(record):
        given = dict(graded.outcome.given)
        found.near += [NearMiss(index, graded.number, name, given.get(name)) for name in graded.outcome.near]
    for reason, functions in unanswered.items():
        count = found.unanswered.setdefault(reason, Unanswered())
        count.people += people
        count.functions.update(functions)


def _add_curve(found: ClassData, graded: CheckResult, curve: Curve, people: int) -> None:
    shape = found.shapes.setdefault((graded.number, *heights(curve)), Shape(curve, graded.number))
    shape.people += people
    # The points do not say whether it is right if an instructor decided on them.
    states = [finding.state for finding in graded.outcome.findings] if graded.decided else [graded.state]
    right = all(state == "right" for state in states)
    shape.explained[() if right else graded.outcome.mistakes[0] if graded.outcome.mistakes else None] += people


def _add_wrong(found: ClassData, index: int, graded: CheckResult, people: int) -> None:
    """Count what is wrong in a check and what no mistake explains."""
    outcome = graded.outcome
    if outcome.mistakes:
        found.near_explained += len(outcome.near)
        return
    if outcome.graded and not graded.fault and not graded.decided and graded.state in ("wrong", "partly"):
        found.unexplained[graded.number] += people
    for name, value in outcome.given:
        text = f"{value:.6g}"
        if len(re.sub(r"e.*|\D", "", text).strip("0")) >= LEAST_DIGITS:
            found.wrong.setdefault(WrongAnswer(graded.number, name, text), []).append(index)


def near_misses(record: SubmissionRecord) -> list[CheckResult]:
    """The checks in which something is close to right for no known reason, and about which nobody has decided."""
    if record.report is None or record.problem or _total_set(record):
        return []
    worth = [each for each in record.report.checks if each.out_of]
    close = [each for each in worth if each.outcome.near and not each.outcome.mistakes]
    return [each for each in close if not each.decided and each.number not in record.left]


def _total_set(record: SubmissionRecord) -> bool:
    """Whether an instructor set the total, which decides everything about the submission."""
    return record.report is not None and record.report.total is not None


def _example(graded: CheckResult, record: SubmissionRecord) -> Example | None:
    """The feedback of a check; None if it contains the id or a word of a name, an address or a student number."""
    text = clean(graded.outcome.text, LONGEST_EXAMPLE)
    return None if _identifies(text, record) else Example(graded.number, graded.name, text)


def _bare(line: str) -> str:
    """A line of a program without its comment and texts, in which people write names."""
    return re.sub(r"#.*", "", re.sub(r"(\"[^\"]*\"|'[^']*')", '"…"', line)).strip()


def _identifies(text: str, record: SubmissionRecord) -> bool:
    """Whether a text contains the id or a word of a name, an address or a student number."""
    identifiers = " ".join(part for person in record.people for part in (person.name, person.email, person.sid))
    words = [record.id, *re.findall(r"[^\W_]{3,}", identifiers)]
    return any(word.casefold() in text.casefold() for word in words)
