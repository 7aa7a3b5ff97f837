"""Mark a class into a folder: what is missing or has changed is marked, then the sums are written."""

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
from autograder.classroom.gpu_slots import places
from autograder.classroom.overview import page
from autograder.classroom.overview.gather import gather
from autograder.classroom.pool import WorkerPool
from autograder.classroom.store import SubmissionRecord
from autograder.classroom.worker import Done, GradingTask, NoCluster
from autograder.fileio import CannotWrite, cannot_write, write_text
from autograder.rubric import Lab

Progress = Callable[[Done], None]
CHANGED = "it has changed since it was marked, or the rubric or the grader has; go on with --resume, without --only"


@dataclass(frozen=True)
class Plan:
    """What is to be done. path: where the submissions come from; everybody: the whole class; tasks: to mark now; kept:
    how many of those asked for are marked already and have not changed; places: the device of each process that marks
    here."""

    path: Path
    everybody: tuple[GradingTask, ...]
    tasks: tuple[GradingTask, ...]
    kept: int
    places: tuple[str, ...]


@dataclass(frozen=True)
class Options:
    """How a class is marked: with so many processes or on the Dask cluster at an address, on a device, only those whose
    id, name, email or student number fits a pattern, and without marking again what has not changed. anonymous: the
    class page names nobody."""

    out: Path
    jobs: int
    device: str = "cpu"
    only: str = "*"
    resume: bool = False
    anonymous: bool = False
    dask: str = ""


@dataclass(frozen=True)
class ClassSummary:
    """What came of a class, and where it is, in a few lines; at how many submissions the grader itself failed."""

    text: str
    failed: int


class Graders(Protocol):
    """Whoever marks: a context manager that ends what it has started."""

    def __enter__(self) -> "Graders": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def graded(self, tasks: Sequence[GradingTask]) -> Iterator[Done]:
        """Every task as it is done, in no particular order. Raises one of CANNOT_GO_ON where nothing can be marked."""


@contextmanager
def planned(lab: Lab, path: Path, options: Options) -> Iterator[Plan]:
    """The submissions at `path`; what had to be unpacked is removed at the end. Raises NoClass, GraderFault where none
    can be run, and CannotWrite where the folder for the results holds those of another class run and `resume` was not
    asked for."""
    _check_place(path, options)
    with tempfile.TemporaryDirectory(prefix="class-") as unpacked:
        of_all = store.grader_fingerprint(lab, options.device)
        found = discover.find(path, Path(unpacked))
        everybody = tuple(GradingTask(each, store.fingerprint(each, of_all)) for each in found)
        chosen = [task for task in everybody if _fits(task.handed, options.only)]
        if not chosen:
            raise NoClass(f"{path}: none of its {len(found)} submissions fits {options.only!r}; mend --only")
        left = tuple(task for task in chosen if not (options.resume and _is_marked(task, options.out)))
        where = () if options.dask else places(lab, options.device, min(options.jobs, len(left)))
        yield Plan(path, everybody, left, len(chosen) - len(left), where)


def grade_class(lab: Lab, plan: Plan, options: Options, progress: Progress) -> None:
    """Mark what is planned, then write grades.csv and report.html; `progress` is told of each submission.

    Raises one of CANNOT_GO_ON where nothing can be marked any more. What is marked until then stays.
    """
    with _writing(options.out):
        for name in store.FOLDERS:
            (options.out / name).mkdir(parents=True, exist_ok=True)
    with _graders(lab, plan, options) as graders:
        for done in graders.graded(plan.tasks):
            _log(options.out / "log.jsonl", done)
            progress(done)
    write_text(options.out / "grades.csv", gradebook.table(lab, records(plan, options)))
    shown = page.render(lab, gather(lab, records(plan, options)), anonymous=options.anonymous)
    write_text(options.out / "report.html", shown)


def records(plan: Plan, options: Options) -> Iterator[SubmissionRecord]:
    """The records of a class as far as it is marked, in its order; read one by one, so that a large class fits. Of what
    has changed since, and was not to be marked again now, no mark is told: it would be one by other rules."""
    for task in plan.everybody:
        found = store.read(options.out, task.handed.id)
        if found and found.fingerprint != task.fingerprint:
            found = replace(found, report=None, problem=CHANGED)
        if found:
            yield found


def summary(lab: Lab, found: Iterable[SubmissionRecord], out: Path) -> ClassSummary:
    """What came of a class."""
    totals, unmarked, noticed, failed, broken = [], 0, 0, 0, set[str]()
    for each in found:
        if not each.problem:
            totals.append(each.points)
        else:
            unmarked += 1
        noticed += bool(store.to_look_at(lab, each))
        failed += each.again
        broken |= set(each.report.confinement.broken) if each.report else set()
    graded = f"{len(totals)} marked" + (f", {unmarked} could not be" if unmarked else "")
    median = f"; the median is {statistics.median(totals):g} of {lab.rubric.points:g} points" if totals else ""
    look = f"\n{noticed} to look at by hand: the column Status says why" if noticed else ""
    told = "".join(f"\nnot so on this machine: {what}" for what in sorted(broken))
    reduced = f"\nconfinement: reduced (autograder doctor says why){told}" if broken else ""
    text = (
        f"{graded}{median}{look}{reduced}\n"
        f"{out / 'grades.csv'}: the marks; results/ and feedback/ have each student's\n"
        f"{out / 'report.html'}: where the class stands; open it in a browser"
    )
    return ClassSummary(text, failed)


def _graders(lab: Lab, plan: Plan, options: Options) -> Graders:
    if not options.dask:
        return WorkerPool(plan.places, lab, options.out, plan.path)
    try:
        from autograder.classroom.cluster import Cluster
    except ImportError as error:
        mend = ".venv/bin/pip install --constraint constraints.txt --editable '.[dask]'"
        raise NoCluster(f"--dask needs {error.name}, which is not installed: {mend}") from None
    return Cluster(options.dask, lab, options.device, options.out)


def _check_place(path: Path, options: Options) -> None:
    """Raises CannotWrite where the results of another run, or the submissions, lie where results would go."""
    if not options.resume and (options.out / "records").is_dir():
        mend = "add --resume to mark only what is missing or has changed, or name another folder with --out"
        raise CannotWrite(f"{options.out}: there are results of a class in it already", remedy=mend)
    places = [(options.out / name).resolve() for name in store.FOLDERS]
    if any(path.resolve() in (place, *place.parents) for place in places):
        mend = "name a folder outside of them with --out"
        raise CannotWrite(f"{options.out}: results would come between the submissions in {path}", remedy=mend)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_write(error.filename or path, error) from None


def _log(path: Path, done: Done) -> None:
    line = json.dumps({"at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), **asdict(done)})
    with _writing(path), path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def _is_marked(task: GradingTask, out: Path) -> bool:
    before = store.read(out, task.handed.id)
    if before is None or before.again or before.fingerprint != task.fingerprint:
        return False
    results, page, _ = store.files_of(out, task.handed.id)
    return results.is_file() and (page.is_file() or before.report is None)


def _fits(handed: ClassSubmission, pattern: str) -> bool:
    names = [handed.id, *(text for person in handed.people for text in (person.name, person.email, person.sid))]
    return any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for name in names if name)
