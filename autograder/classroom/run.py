"""Grade a class into a folder: grade what is missing or has changed, then write the grades and the class page."""

import fnmatch
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Protocol

from autograder.classroom import discover, gradebook, store
from autograder.classroom.discover import ClassSubmission, NoClass
from autograder.classroom.gpu_slots import assign_devices
from autograder.classroom.overview import page
from autograder.classroom.overview.collect import collect
from autograder.classroom.pool import WorkerPool
from autograder.classroom.store import SubmissionRecord
from autograder.classroom.worker import Done, GradingTask, NoCluster
from autograder.fileio import CannotWrite, cannot_write, write_text
from autograder.rubric import Lab

Progress = Callable[[Done], None]
CHANGED = "the submission, the rubric or the grader has changed since then; run again with --resume and without --only"


@dataclass(frozen=True)
class Plan:
    """What has to be done."""

    path: Path  # where the submissions come from
    whole_class: tuple[GradingTask, ...]
    tasks: tuple[GradingTask, ...]  # to grade now
    kept: int  # how many of the requested submissions are graded already and unchanged
    devices: tuple[str, ...]  # the device of each worker process on this machine


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


@dataclass(frozen=True)
class ClassSummary:
    """What came of grading a class, and where the files are."""

    text: str  # a few lines
    failed: int  # submissions at which the grader itself failed


class Graders(Protocol):
    """What grades submissions: a context manager that stops the processes that it started."""

    def __enter__(self) -> "Graders": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def graded(self, tasks: Sequence[GradingTask]) -> Iterator[Done]:
        """Yield every result as it is ready, in any order. Raises one of FATAL_ERRORS if no more can be graded."""


@contextmanager
def plan_class(lab: Lab, path: Path, options: Options) -> Iterator[Plan]:
    """Find the submissions at `path` and decide which have to be graded. Unpacked files are removed at the end.

    Raises:
        NoClass: there is nothing to grade.
        GraderFault: no submission can be run.
        CannotWrite: the output folder has results of another run, and `resume` is not set.
    """
    _check_output_folder(path, options)
    with tempfile.TemporaryDirectory(prefix="class-") as unpacked:
        grader = store.grader_fingerprint(lab, options.device)
        found = discover.find_submissions(path, Path(unpacked))
        whole_class = tuple(GradingTask(each, store.fingerprint(each, grader)) for each in found)
        chosen = [task for task in whole_class if _matches(task.submission, options.only)]
        if not chosen:
            raise NoClass(f"{path}: none of its {len(found)} submissions matches {options.only!r}; correct --only")
        to_grade = tuple(task for task in chosen if not (options.resume and _is_graded(task, options.out)))
        devices = () if options.dask else assign_devices(lab, options.device, min(options.jobs, len(to_grade)))
        yield Plan(path, whole_class, to_grade, len(chosen) - len(to_grade), devices)


def grade_class(lab: Lab, plan: Plan, options: Options, progress: Progress) -> int:
    """Grade the submissions of `plan`, then write grades.csv and report.html.

    Returns how many groups of students have programs that are copies of one another.

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
    with _graders(lab, plan, options) as graders:
        for done in graders.graded(plan.tasks):
            _log(options.out / "log.jsonl", done)
            progress(done)
    write_text(options.out / "grades.csv", gradebook.to_csv(lab, records(plan, options)))
    found = collect(lab, records(plan, options))
    write_text(options.out / "report.html", page.render(lab, found, anonymous=options.anonymous))
    return len(found.copies)


def records(plan: Plan, options: Options) -> Iterator[SubmissionRecord]:
    """Yield the records of a class as far as it is graded, in order.

    They are read one by one, so that a large class fits into memory. If a submission has changed and was not to be
    graded again now, its record comes without a report: its grade would follow other rules.
    """
    for task in plan.whole_class:
        found = store.read(options.out, task.submission.id)
        if found and found.fingerprint != task.fingerprint:
            found = replace(found, report=None, problem=CHANGED)
        if found:
            yield found


def summary(lab: Lab, found: Iterable[SubmissionRecord], out: Path) -> ClassSummary:
    """Sum up a class in a few lines."""
    totals, unmarked, noticed, failed, broken = [], 0, 0, 0, set[str]()
    for each in found:
        if not each.problem:
            totals.append(each.points)
        else:
            unmarked += 1
        noticed += bool(store.review_reasons(lab, each))
        failed += each.again
        broken |= set(each.report.confinement.broken) if each.report else set()
    graded = f"{len(totals)} graded" + (f", {unmarked} could not be graded" if unmarked else "")
    median = f"; the median is {statistics.median(totals):g} of {lab.rubric.points:g} points" if totals else ""
    look = f"\n{noticed} to review by hand: the column Status says why" if noticed else ""
    details = "".join(f"\nnot guaranteed on this machine: {what}" for what in sorted(broken))
    reduced = f"\nconfinement: reduced (run `autograder doctor` for details){details}" if broken else ""
    text = (
        f"{graded}{median}{look}{reduced}\n"
        f"{out / 'grades.csv'}: the grades; results/ and feedback/ have one file per student\n"
        f"{out / 'report.html'}: statistics of the class; open it in a browser"
    )
    return ClassSummary(text, failed)


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
