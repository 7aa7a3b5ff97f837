"""Apply the decisions of overrides.yaml to what the grader found, and to the files that students get."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path

from autograder import grader
from autograder.classroom import store
from autograder.classroom.by_hand import overrides
from autograder.classroom.by_hand.overrides import TOTAL, Override, Overrides
from autograder.classroom.discover import ClassSubmission
from autograder.classroom.store import SubmissionRecord
from autograder.classroom.worker import GradingTask
from autograder.fileio import write_text
from autograder.gradescope import results_writer
from autograder.outcome import CheckResult, GradeReport
from autograder.render import feedback
from autograder.roster import Person
from autograder.rubric import Lab
from autograder.sandbox.host.confinement import PURPOSE, Confinement
from autograder.text import clean

BY_HAND = "An instructor graded this submission by hand."
APPLIED = b'"overrides": ['  # in a results.json; quotation marks inside texts are escaped there


def decided(record: SubmissionRecord, known: Overrides, seen: Collection[str] | None = None) -> SubmissionRecord:
    """The record as it counts: with the points and comments that instructors decided on.

    An entry that does not fit the report is left out; `problems` says so.

    Args:
        record: as the grader wrote it.
        known: the decisions about the class.
        seen: numbers of the checks that students see now; None: those that its results file in the folder shows.
    """
    applied = fitting(record, known)
    report = _basis(record, applied)
    record = replace(record, left=frozenset(entry.check for entry in applied if entry.leave))
    if report is None or not applied:
        return record
    shown = _shown(known.path.parent, record.id) if seen is None else seen
    report = replace(report, seen=tuple(check.number for check in report.checks if check.number in shown))
    changed = reduce(_with, applied, report)
    return replace(record, report=changed, problem=record.problem if record.report and changed.faulty else "")


def fitting(record: SubmissionRecord, known: Overrides) -> list[Override]:
    """The entries about a submission that can be applied to what the grader found, in the order of the file."""
    return [entry for entry, problem in _checked(record, known) if not problem]


def _checked(record: SubmissionRecord, known: Overrides) -> list[tuple[Override, str]]:
    """The entries about a submission, each with why it cannot be applied, as `_problem` says it."""
    entries = known.of(record.id, record.people)
    totals = [each for each in entries if each.check == TOTAL and not _problem(_basis(record, [each]), each, known)]
    report = _basis(record, totals)  # nothing else can be applied without a grade
    return [
        (each, _problem(_basis(record, [each]) if each.check == TOTAL else report, each, known)) for each in entries
    ]


def _shown(folder: Path, id: str) -> set[str]:
    """The numbers of the checks that a results file shows to the student now; none if there is no such file."""
    results = store.results_of(folder, id)
    return {number for number, test in results.numbered() if "before" in results.seen_in(test)} if results else set()


def problems(folder: Path, submissions: Sequence[tuple[str, Sequence[Person]]]) -> Iterator[str]:
    """A sentence for each override that is not applied: nobody has that name, or the check is gone, for example.

    Args:
        folder: of the class.
        submissions: the id and the people of each submission.
    """
    known = overrides.read(folder).within(submissions)
    yield from overrides.unknown(known)
    for id, people in submissions:
        entries = known.of(id, people)
        record = store.read(folder, id) if entries else None
        for entry, problem in _checked(replace(record, people=tuple(people)), known) if record else ():
            if problem:
                yield f"{known.path}: {problem}, so this override for {entry.who!r} is not applied"
        for entry in known.replaced(id, people):
            what = f"check {entry.check}" if entry.check not in ("", TOTAL) else entry.check or "the whole"
            later = next(each for each in entries if each.subject == entry.subject)
            yield (
                f"{known.path}: two overrides are about {what} of {clean(id)}; the last one, for {later.who!r}, "
                f"counts, and the one for {entry.who!r} does not; remove one"
            )


def write_files(lab: Lab, tasks: Iterable[GradingTask], folder: Path) -> None:
    """Bring results.json and the feedback page of every submission up to date with overrides.yaml.

    Only files that differ by an override are written: those with one now, and those with one that is gone. A
    submission that has changed since it was graded keeps its files until it is graded again. Raises CannotWrite.
    """
    known = overrides.read(folder)
    seen = results_writer.visible(lab)
    for task in tasks:
        submission = task.submission
        results, _, _ = store.files_of(folder, submission.id)
        if not (known.of(submission.id, submission.people) or _was_applied(results)):
            continue
        record = store.read(folder, submission.id)
        if record and record.fingerprint == task.fingerprint:
            _write(lab, record, decided(record, known, seen), folder)


def _write(lab: Lab, found: SubmissionRecord, record: SubmissionRecord, folder: Path) -> None:
    """Write the files. found: the record as the grader wrote it, which gets the digest of the new results file."""
    results, page, _ = store.files_of(folder, record.id)
    if record.report is None:
        grader.unreadable(lab, record.problem, results)
        page.unlink(missing_ok=True)
    else:
        metadata = ClassSubmission(record.id, Path(), record.people, record.attempts).metadata
        missing = f"Not graded: {found.problem}"
        write_text(page, feedback.render(record.report, lab, record.who, metadata))
        results_writer.rewrite(results, record.report, lab, metadata, missing)
    digest = store.digest_of_results(folder, record.id)
    if digest != found.results:
        store.write(folder, replace(found, results=digest))


def _was_applied(results: Path) -> bool:
    try:
        return APPLIED in results.read_bytes()
    except OSError:
        return False


def _basis(record: SubmissionRecord, entries: Iterable[Override]) -> GradeReport | None:
    """The report that entries change: an empty one if only an instructor could grade the submission."""
    if record.report or all(entry.check != TOTAL for entry in entries):
        return record.report
    unused = Confinement(dict.fromkeys(PURPOSE, ""))
    return GradeReport("", record.who, "", (), 0.0, unused, told=f"{BY_HAND} {_sentence(record.problem)}")


def _problem(report: GradeReport | None, entry: Override, known: Overrides) -> str:
    """Why an entry cannot be applied to a report, in a clause; "" if it can. known: all decisions about the class."""
    if entry.leave and not entry.check:
        return ""
    if report is None or (entry.check not in ("", TOTAL) and not report.checks):
        return "the submission could not be graded and its total is not set"
    if not entry.check or (not report.checks and known.naming.most is None):
        return ""
    check = next((each for each in report.checks if each.number == entry.check), None)
    if entry.check != TOTAL and check is None:
        return f"the rubric has no check {entry.check!r} any more"
    if entry.points is None:
        return ""
    most = check.out_of if check else report.out_of if report.checks else known.naming.most or math.inf
    if check and not most:
        return f"check {entry.check} gives no points"
    if entry.points > most and not entry.extra:
        what = f"check {entry.check}" if check else "the total"
        return f"{entry.points:g} points are more than the {most:g} of {what}, and `extra: true` is not set"
    return ""


def _with(report: GradeReport, entry: Override) -> GradeReport:
    """The report with one entry applied."""
    comment = _comment(entry)
    if entry.points is None:
        by = f" ({signed})" if (signed := _signed(entry)) else ""
        told = "\n\n".join(filter(None, (report.told, *comment)))
        why = f": {_line(entry.reason or entry.comment)}" if entry.reason or entry.comment else ""
        what = f"{entry.check or 'submission'} left as it is" if entry.leave else "comment"
        return replace(report, told=told, overrides=(*report.overrides, f"{what}{why}{by}"))
    if entry.check == TOTAL:
        was = f" instead of {report.sum_of(report.checks):g}" if report.checks else ""
        told_was = was if len(report.seen) == len(report.checks) else ""  # it would tell the points of hidden checks
        set_by = f"An instructor set the total to {entry.points:g} points{told_was}. Reason: {_sentence(entry.reason)}"
        told = "\n\n".join(filter(None, (report.told, set_by, *comment)))
        report = replace(report, told=told, total=entry.points)
    else:
        was = f" instead of {_points(report, entry.check):g}"
        checks = tuple(_check_with(each, entry, was) if each.number == entry.check else each for each in report.checks)
        report = replace(report, checks=checks)
    signed = "; ".join(filter(None, (_line(entry.reason).removesuffix("."), _signed(entry))))
    return replace(report, overrides=(*report.overrides, f"{entry.check}: {entry.points:g}{was} ({signed})"))


def _check_with(result: CheckResult, entry: Override, was: str) -> CheckResult:
    """A check with the points of an entry. A fault of the grader no longer matters."""
    points = entry.points or 0.0
    note = f"An instructor set these points to {points:g}{was}. Reason: {_sentence(entry.reason)}"
    notes = (*result.outcome.notes, note, *_comment(entry))
    return replace(result, outcome=replace(result.outcome, points=points, notes=notes), fault=False, decided=note)


def _comment(entry: Override) -> list[str]:
    """The comment of an entry, for the student."""
    return [f"Comment from an instructor: {entry.comment.strip()}"] if entry.comment.strip() else []


def _points(report: GradeReport, number: str) -> float:
    return next(check.outcome.points for check in report.checks if check.number == number)


def _signed(entry: Override) -> str:
    return ", ".join(filter(None, (entry.by and f"by {entry.by}", entry.when)))


def _line(text: str) -> str:
    return " ".join(text.split())


def _sentence(text: str) -> str:
    """A text on one line with a full stop, unless it ends in another mark."""
    line = _line(text)
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."
