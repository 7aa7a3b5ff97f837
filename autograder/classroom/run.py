"""Grade a class into a folder: grade what is missing or has changed, then write the grades and the class page."""

import fnmatch
import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol

from autograder import roster
from autograder.classroom import discover, earlier_run, grades_csv, lock, store
from autograder.classroom.by_hand import apply, overrides
from autograder.classroom.discover import Absent, ClassSubmission, Intake, LeftAside, NoClass
from autograder.classroom.discover.by_name import Wanted
from autograder.classroom.earlier_run import Leftovers
from autograder.classroom.gpu_slots import assign_devices
from autograder.classroom.handover import feedback_list
from autograder.classroom.overview import page
from autograder.classroom.overview.collect import collect
from autograder.classroom.overview.review import to_review
from autograder.classroom.pool import WorkerPool
from autograder.classroom.store import SubmissionRecord
from autograder.classroom.worker import Done, GradingTask, NoCluster
from autograder.fileio import CannotWrite, cannot_write, write_text
from autograder.individual import roster_file
from autograder.rubric import Lab

Progress = Callable[[Done], None]


@dataclass(frozen=True)
class Plan:
    """What has to be done."""

    path: Path  # where the submissions come from
    whole_class: tuple[GradingTask, ...]
    tasks: tuple[GradingTask, ...]  # to grade now
    kept: int  # how many of the requested submissions are graded already and unchanged
    devices: tuple[str, ...]  # the device of each worker process on this machine
    absent: tuple[Absent, ...] = ()  # people without a submission
    left_aside: tuple[LeftAside, ...] = ()
    leftovers: Leftovers = field(default_factory=Leftovers)  # of an earlier run in the same folder
    salt: str = ""  # what nobody outside knows; orders people without a submission on an anonymous page


@dataclass(frozen=True)
class Options:
    """How to grade a class."""

    out: Path
    jobs: int  # worker processes, unless `dask` is given
    device: str = "cpu"
    only: str = "*"  # grade only submissions whose id, name, email or student number matches this pattern
    resume: bool = False  # do not grade again what has not changed
    anonymous: bool = False  # show no names on the class page
    dask: str = ""  # address of a Dask cluster to grade on
    roster: Path | None = None  # the class list; None for that of the lab or of its course, if there is one
    due: datetime | None = None  # the due date, in the time zone of the platform


class Graders(Protocol):
    """What grades submissions: a context manager that stops the processes that it started."""

    def __enter__(self) -> "Graders": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def graded(self, tasks: Sequence[GradingTask]) -> Iterator[Done]:
        """Yield every result as it is ready, in any order. Raises one of FATAL_ERRORS if no more can be graded."""


def as_before(options: Options) -> tuple[Options, str]:
    """The options of a run that resumes, with the class list and the due date of the last run where none are given now,
    and a sentence about it; "" if nothing is taken over. Raises NoClass if that class list is gone.
    """
    last = store.last_run(options.out) if options.resume else store.LastRun()
    taken = []
    if last.roster and options.roster is None:
        if not Path(last.roster).is_file():
            raise NoClass(f"the last run had the class list {last.roster}, which is gone; give it with --roster")
        options = replace(options, roster=Path(last.roster))
        taken.append(f"--roster {last.roster}")
    if last.due and options.due is None:
        options = replace(options, due=last.due)
        taken.append(f"--due '{last.due:%Y-%m-%d %H:%M}'")
    return options, f"as in the last run: {' '.join(taken)}" if taken else ""


def look(lab: Lab, path: Path, options: Options, unpacked: Path) -> Intake:
    """Find out who submitted what at `path`, without grading. unpacked: an empty folder.

    Raises NoClass, and FileError for the metadata of an export or the roster.
    """
    list_of_class = options.roster or roster_file(lab)
    known = roster.read(list_of_class) if list_of_class else roster.Roster()
    return discover.intake(path, unpacked, Wanted(lab.rubric.program, lab.rubric.answers), known)


@contextmanager
def plan_class(lab: Lab, path: Path, options: Options) -> Iterator[Plan]:
    """Find the submissions at `path` and decide which have to be graded. Unpacked files are removed at the end.

    Raises:
        NoClass: there is nothing to grade.
        GraderFault: no submission can be run.
        CannotWrite: the output folder has results of another run, and `resume` is not set.
        FileError: its overrides.yaml is not valid.
        Locked: another run writes into the output folder.
    """
    lock.check(options.out)
    _check_output_folder(path, options)
    overrides.read(options.out)  # raises FileError before anything is graded
    with tempfile.TemporaryDirectory(prefix="class-") as unpacked, lock.held(options.out):
        grader = store.grader_fingerprint(lab, options.device)
        taken_in = look(lab, path, options, Path(unpacked))
        found = taken_in.submissions
        whole_class = tuple(GradingTask(each, store.fingerprint(each, grader)) for each in found)
        chosen = [task for task in whole_class if _matches(task.submission, options.only)]
        if not chosen:
            raise NoClass(f"{path}: none of its {len(found)} submissions matches {options.only!r}; correct --only")
        ids = {each.id for each in found}
        leftovers = earlier_run.look(options.out, ids) if options.resume else Leftovers()
        if leftovers.gone and not earlier_run.has_any(options.out, ids):
            what = f"none of the submissions in {options.out} is in {path}"
            raise NoClass(f"{what}; is it another class? Name another folder with --out")
        kept = {task.submission.id for task in chosen if options.resume and _is_graded(task, options.out)}
        kept.difference_update(leftovers.edited)
        to_grade = tuple(task for task in chosen if task.submission.id not in kept)
        devices = () if options.dask else assign_devices(lab, options.device, min(options.jobs, len(to_grade)))
        others = (taken_in.absent, taken_in.left_aside, leftovers, grader)
        yield Plan(path, whole_class, to_grade, len(chosen) - len(to_grade), devices, *others)


def grade_class(lab: Lab, plan: Plan, options: Options, progress: Progress) -> int:
    """Grade the submissions of `plan`, then write grades.csv and report.html.

    Returns how many submissions somebody has to look at.

    Args:
        lab: the lab.
        plan: what to grade.
        options: how to grade it.
        progress: called with the result of each submission.

    Raises one of FATAL_ERRORS if no more submissions can be graded. Everything graded until then is kept.
    """
    with _name_write_errors(options.out):
        for name in store.FOLDERS:
            (options.out / name).mkdir(parents=True, exist_ok=True)
    earlier_run.move(options.out, plan.leftovers)
    listed = [store.Listed(task.submission.id, task.submission.people) for task in plan.whole_class]
    absent = [store.Listed(each.id, each.people, each.status) for each in plan.absent]
    place = str(options.roster.absolute()) if options.roster else ""
    store.write_run(options.out, store.LastRun((*listed, *absent), place, options.due))
    with _graders(lab, plan, options) as graders:
        for done in graders.graded(plan.tasks):
            _log(options.out / "log.jsonl", done)
            progress(done)
    apply.write_files(lab, plan.whole_class, options.out)
    pages: list[list[str]] = []
    grades = grades_csv.to_csv(lab, feedback_list.noted(records(plan, options), pages))
    earlier_run.write_grades(options.out, grades)
    write_text(options.out / "left_aside.csv", grades_csv.left_aside(plan.left_aside))
    write_text(options.out / "feedback.csv", feedback_list.render(pages))
    found = collect(lab, records(plan, options))
    report = page.render(lab, found, anonymous=options.anonymous, left_aside=len(plan.left_aside))
    write_text(options.out / "report.html", report)
    return len(to_review(found))


def records(plan: Plan, options: Options) -> Iterator[SubmissionRecord]:
    """Yield a record for each submission of the class, in order, then those of people without one.

    They are read one by one, so that a large class fits into memory. If a submission has changed and was not to be
    graded again now, its record comes without a report: its grade would follow other rules. Decisions by hand are
    applied.
    """
    known = overrides.read(options.out)
    for task in plan.whole_class:
        submitted = task.submission
        found = store.read(options.out, submitted.id)
        if found is None:
            found = SubmissionRecord(
                *(submitted.id, task.fingerprint, submitted.people, submitted.attempts), None, problem=store.NOT_YET
            )
        elif found.fingerprint != task.fingerprint:
            found = replace(found, people=submitted.people, report=None, problem=store.CHANGED)
        late = _late(submitted, options.due)
        yield apply.decided(replace(found, late=late, note=submitted.note), known)
    for each in plan.absent:
        fingerprint = hashlib.sha256(f"{plan.salt} {each}".encode(errors="surrogateescape")).hexdigest()
        yield SubmissionRecord(each.id, fingerprint, each.people, (), None, absent=each.status)


def graded(plan: Plan, options: Options) -> Iterator[SubmissionRecord]:
    """Yield the records of submissions that have been graded, or at least tried, in this folder."""
    return (each for each in records(plan, options) if not each.absent and each.problem != store.NOT_YET)


def _late(submission: ClassSubmission, due: datetime | None) -> str:
    """How late a submission is, as the table of grades says it.

    Platforms write local times without a zone in file names, so the due date is compared with the time as written.
    """
    if due is None or submission.created is None:
        return "yes" if submission.late else ""
    seconds = int((submission.created.replace(tzinfo=None) - due).total_seconds())
    if seconds <= 0:
        return "yes" if submission.late else ""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _graders(lab: Lab, plan: Plan, options: Options) -> Graders:
    if not options.dask:
        return WorkerPool(plan.devices, lab, options.out, plan.path)
    try:
        from autograder.classroom.cluster import Cluster
    except ImportError as error:
        fix = ".venv/bin/pip install --constraint constraints.txt --editable '.[dask]'"
        raise NoCluster(f"--dask needs {error.name}, which is not installed: {fix}") from None
    return Cluster(options.dask, lab, options.device, options.out)


def _check_output_folder(path: Path, options: Options) -> None:
    """Raise CannotWrite if results of another run, or the submissions themselves, are where results would go."""
    if not options.resume and (options.out / "records").is_dir():
        fix = "add --resume to grade only what is missing or has changed, or name another folder with --out"
        raise CannotWrite(f"{options.out}: it contains results of a class already", remedy=fix)
    places = [(options.out / name).resolve() for name in store.FOLDERS]
    if any(path.resolve() in (place, *place.parents) for place in places):
        fix = "name a folder outside of the submissions with --out"
        raise CannotWrite(f"{options.out}: results would be written among the submissions in {path}", remedy=fix)


@contextmanager
def _name_write_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_write(error.filename or path, error) from None


def _log(path: Path, done: Done) -> None:
    line = json.dumps({"at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), **asdict(done)})
    with _name_write_errors(path), path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def _is_graded(task: GradingTask, out: Path) -> bool:
    before = store.read(out, task.submission.id)
    if before is None or before.again or before.fingerprint != task.fingerprint:
        return False
    results, page, _ = store.files_of(out, task.submission.id)
    return results.is_file() and (page.is_file() or before.report is None)


def _matches(submission: ClassSubmission, pattern: str) -> bool:
    names = [submission.id, *(text for person in submission.people for text in (person.name, person.email, person.sid))]
    return any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for name in names if name)
