"""One grade for each person of a class, from its records and overrides.yaml, in the order of a roster if there is one.

Somebody who is in several submissions gets the grade of the newest. Members of a group get a row each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.classroom import lock, names, store
from autograder.classroom.by_hand import apply, overrides
from autograder.classroom.discover import canvas
from autograder.classroom.discover import model as discover
from autograder.classroom.handover.people import same_people
from autograder.classroom.store import SubmissionRecord
from autograder.errors import UserError
from autograder.roster import Person, Roster, Student
from autograder.text import join_first, plural

NOTHING = "nothing submitted"
NOT_YET = "no run has graded it yet; run `autograder class` with --resume"


class NoGrades(UserError):
    """The records of a class make no gradebook. The message says why and what to do."""


@dataclass(frozen=True)
class GradebookRow:
    """A person with their grade."""

    name: str
    email: str
    sid: str
    total: float | None = None  # None: not graded, or nothing submitted
    status: str = ""  # why there is no grade, and what was decided by hand; for the instructor
    feedback: str = ""  # the same for the student
    checks: Mapping[str, float] = field(default_factory=dict)  # points by number
    submission: str = ""  # the id
    platform: str = ""  # from which the submission was downloaded, as its name says; "" if it does not
    columns: Mapping[str, str] = field(default_factory=dict)  # the roster's columns, by heading

    def __str__(self) -> str:
        return str(Person(self.name, self.email, self.sid))


@dataclass(frozen=True)
class Gradebook:
    """Everybody's grade."""

    rows: tuple[GradebookRow, ...]
    out_of: float
    checks: tuple[tuple[str, str, float], ...]  # number, name and points of those that give points
    lab: str = ""
    remarks: tuple[str, ...] = ()  # for the instructor, a sentence each


def collect(folder: Path, roster: Roster | None = None) -> Gradebook:
    """Collect the grades of a class.

    Args:
        folder: what `autograder class` wrote.
        roster: who gets a row, in its order. Without it, everybody who submitted does, in the order of submissions.

    Raises:
        NoClass: the folder has no records.
        Locked: a run is grading into the folder.
        NoGrades: nothing is graded, or not everything by the same rubric.
        FileError: overrides.yaml is not valid.
    """
    lock.check(folder)
    records, absent = _records(folder), _absent(folder)
    graded = [record.report for record in records if record.report and record.report.checks]
    if not graded:
        raise NoGrades(f"{folder}: nothing in it is graded; run `autograder class` again with --resume")
    remarks = list(apply.problems(folder, [(record.id, record.people) for record in records]))
    checks = tuple((each.number, each.name, each.out_of) for each in graded[0].checks if each.out_of)
    rows = tuple(rows_of([*records, *absent], roster, remarks))
    return Gradebook(rows, graded[0].out_of, checks, graded[0].lab, tuple(remarks))


def check_target(target: Path, folder: Path, class_list: Path | None) -> None:
    """Raise NoGrades if a gradebook would overwrite what it is made from: the class list, or a file of the class."""
    place = target.resolve()
    if class_list and place == class_list.resolve():
        raise NoGrades(f"{target}: this is the class list; name another file with --out")
    own = ("grades.csv", "left_aside.csv", "feedback.csv", "report.html", overrides.FILE, overrides.SECOND)
    if place in [(folder / name).resolve() for name in own]:
        raise NoGrades(f"{target}: the class itself has this file; name another one with --out")


def _records(folder: Path) -> list[SubmissionRecord]:
    """All records with what was decided by hand. Raises NoGrades unless all were made by the same rubric."""
    known = overrides.read(folder)
    found = {id: store.read(folder, id) for id in store.ids(folder)}
    rubrics = {store.extra_data(folder, id).get("rubric") for id in found}
    lost = sum(record is None for record in found.values())
    resume = "run `autograder class` with --resume first"
    if lost:
        raise NoGrades(f"{folder}: another version wrote {plural(lost, 'record')} in it; {resume}")
    if len(rubrics) > 1:
        raise NoGrades(f"{folder}: its submissions were not all graded by the same rubric; {resume}")
    return [apply.decided(record, known) for record in found.values() if record]


def _absent(folder: Path) -> list[SubmissionRecord]:
    """A record without a grade for everybody of the class who has none: not graded yet, or no submission."""
    known = set(store.ids(folder))
    return [
        SubmissionRecord(each.id, "", each.people, (), None, problem=each.absent.lower() or NOT_YET, absent=each.absent)
        for each in store.last_run(folder).everybody
        if each.absent or each.id not in known
    ]


def check_pages(folder: Path) -> None:
    """Raise NoGrades unless the feedback pages show what overrides.yaml has now."""
    for record in _records(folder):
        written = store.extra_data(folder, record.id).get("overrides", [])
        if written != list(record.report.overrides if record.report else ()):
            what = f"{folder}: {overrides.FILE} has changed since the feedback pages were written"
            raise NoGrades(f"{what}; run `autograder class` with --resume first")


def rows_of(records: Sequence[SubmissionRecord], roster: Roster | None, remarks: list[str]) -> Iterable[GradebookRow]:
    """A row for each person. remarks: sentences for the instructor are added to these."""
    entries = [(person, record) for record in records for person in record.people or (Person(record.id, "", ""),)]
    found: dict[int, list[tuple[Person, SubmissionRecord]]] = {}
    on_canvas = [record.id if record.platform == canvas.NAME else "" for _, record in entries]
    who_is = same_people([person for person, _ in entries], roster, on_canvas)
    for place, entry in zip(who_is, entries, strict=True):
        found.setdefault(place, []).append(entry)
    counted = {}
    for place, mine in found.items():
        who = roster.students[~place] if roster and place < 0 else all_known(person for person, _ in mine)
        newest = _newest([record for _, record in mine], str(who), remarks)
        counted[place] = who, None if newest.absent == discover.NOTHING else newest
    if roster is None:
        for who, record in counted.values():
            yield _row(who, record)
        return
    others = {record.id: who for place, (who, record) in counted.items() if place >= 0 and record and record.report}
    unclear: set[str] = set()  # the submissions of people who have the name of somebody on the roster
    for place, student in enumerate(roster.students):
        row = _row(student, counted[~place][1] if ~place in counted else None, student.columns)
        namesakes = [id for id, who in others.items() if _is_called(student, who)]
        if namesakes and not row.submission:
            unclear.update(namesakes)
            status = f"who submitted {join_first(namesakes)}? Only the name is known, and not one person has it"
            row = replace(row, status=status, feedback="")
        yield row
    remarks += _strangers("not on the roster", others, set(others) - unclear)
    remarks += _strangers("more than one person may be meant", others, unclear)


def _strangers(why: str, others: Mapping[str, Person | Student], ids: Iterable[str]) -> list[str]:
    """A remark about people with a grade who have no row. others: these people, by the id of their submission."""
    named = sorted(id if id == str(others[id]) else f"{others[id]} ({id})" for id in ids)
    return [f"graded, but {why}: {'; '.join(named)}"] if named else []


def _is_called(student: Student, who: Person | Student) -> bool:
    """Whether somebody of whom only a name is known has the name of a student."""
    return not (who.email or who.sid) and names.same(who.name, student.name)


def all_known(people: Iterable[Person]) -> Person:
    """One person with everything that is known of them, from what each submission says."""
    given = [(person.name, person.email, person.sid) for person in people]
    return Person(*(next(filter(None, values), "") for values in zip(*given, strict=True)))


def _newest(mine: Sequence[SubmissionRecord], who: str, remarks: list[str]) -> SubmissionRecord:
    """The submission that counts; of those whose time is unknown, one that is graded."""
    different = {record.id: record for record in mine if not record.absent}.values() or mine[:1]
    *others, newest = sorted(different, key=lambda each: (_time(each), each.report is not None, each.id))
    if others:
        earlier = join_first([each.id for each in others])
        remarks.append(f"{who} is in {len(different)} submissions: {newest.id} counts, {earlier} not")
    return newest


def _time(record: SubmissionRecord) -> float:
    return record.created.timestamp() if record.created else 0.0


def _row(
    who: Person | Student, record: SubmissionRecord | None, columns: Mapping[str, str] | None = None
) -> GradebookRow:
    row = GradebookRow(who.name, who.email, who.sid, columns=columns or {})
    if record:
        row = replace(row, submission=record.id, platform=record.platform)
    report = record.report if record and not record.problem else None
    if report is None:
        why = f"not graded: {record.problem}" if record else NOTHING
        return replace(row, status=why, feedback=why)
    seen = [check for check in report.checks if check.decided and check.number in report.seen]
    said = [f"{check.number} {check.name}: {check.decided}" for check in seen]
    return replace(
        row,
        total=report.points,
        status="; ".join(report.overrides),
        feedback="\n".join(filter(None, (report.told, *said))),
        checks={check.number: check.outcome.points for check in report.checks if check.out_of},
    )
