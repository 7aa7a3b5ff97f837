"""Mark a class into a folder: what is missing or has changed is marked, then the sums are written."""

import fnmatch
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.classroom import grades, record, source
from autograder.classroom.overview import page
from autograder.classroom.overview.gather import gather
from autograder.classroom.record import Record
from autograder.classroom.source import HandedIn, NoClass
from autograder.classroom.team import Team
from autograder.classroom.worker import Done, Task
from autograder.gradescope.results import CannotWrite, write_text
from autograder.lab import Lab

Progress = Callable[[Done], None]


@dataclass(frozen=True)
class Plan:
    """What is to be done. tasks: to mark now; kept: how many are marked already and have not changed."""

    handed: tuple[HandedIn, ...]
    tasks: tuple[Task, ...]
    kept: int


@dataclass(frozen=True)
class Options:
    """How a class is marked: with so many processes, on a device, only those whose id, name, email or student number
    fits a pattern, and without marking again what has not changed. anonymous: the class page names nobody."""

    out: Path
    jobs: int
    device: str = "cpu"
    only: str = "*"
    resume: bool = False
    anonymous: bool = False


@contextmanager
def planned(lab: Lab, path: Path, options: Options) -> Iterator[Plan]:
    """The submissions at `path`; what had to be unpacked is removed at the end. Raises NoClass, and CannotWrite where
    the folder for the results holds those of another class run and `resume` was not asked for."""
    if not options.resume and record.path_of(options.out, "x").parent.is_dir():
        mend = "add --resume to mark only what is missing or has changed, or name another folder with --out"
        raise CannotWrite(f"{options.out}: there are results of a class in it already; {mend}")
    with tempfile.TemporaryDirectory(prefix="class-") as unpacked:
        handed = source.find(path, Path(unpacked))
        chosen = tuple(each for each in handed if _fits(each, options.only))
        if not chosen:
            raise NoClass(f"{path}: none of its {len(handed)} submissions fits {options.only!r}; mend --only")
        of_all = record.basis(lab, options.device)
        tasks = [Task(each, record.fingerprint(each, of_all)) for each in chosen]
        left = tuple(task for task in tasks if not (options.resume and _is_marked(task, options.out)))
        yield Plan(chosen, left, len(tasks) - len(left))


def mark(lab: Lab, plan: Plan, options: Options, progress: Progress) -> None:
    """Mark what is planned, then write grades.csv and report.html; `progress` is told of each submission.

    Raises GraderFault where nothing can be marked at all, and CannotWrite. What is marked until then stays.
    """
    options.out.mkdir(parents=True, exist_ok=True)
    with (
        Team(options.jobs, lab.folder, options.device, options.out) as team,
        (options.out / "log.jsonl").open("a", encoding="utf-8") as log,
    ):
        for done in team.marked(plan.tasks):
            log.write(json.dumps({"at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), **asdict(done)}) + "\n")
            log.flush()
            progress(done)
    write_text(options.out / "grades.csv", grades.table(lab, records(plan, options)), "--out")
    shown = page.render(lab, gather(lab, records(plan, options)), anonymous=options.anonymous)
    write_text(options.out / "report.html", shown, "--out")


def records(plan: Plan, options: Options) -> Iterator[Record]:
    """The records of a marked class, in the order of the plan; read one by one, so that a large class fits."""
    found = (record.read(options.out, each.id) for each in plan.handed)
    return (each for each in found if each is not None)


def summary(found: Iterable[Record], out_of: float, out: Path) -> str:
    """What came of a class, and where it is, in a few lines."""
    totals, unmarked = [], 0
    for each in found:
        if each.report:
            totals.append(each.points)
        else:
            unmarked += 1
    marked = f"{len(totals)} marked" + (f", {unmarked} could not be" if unmarked else "")
    median = f"; the median is {statistics.median(totals):g} of {out_of:g} points" if totals else ""
    return (
        f"{marked}{median}\n{out / 'grades.csv'}: the marks; results/ and feedback/ have each student's\n"
        f"{out / 'report.html'}: where the class stands; open it in a browser"
    )


def _is_marked(task: Task, out: Path) -> bool:
    before = record.read(out, task.handed.id)
    return before is not None and before.fingerprint == task.fingerprint


def _fits(handed: HandedIn, pattern: str) -> bool:
    names = [handed.id, *(text for person in handed.people for text in (person.name, person.email, person.sid))]
    return any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for name in names if name)
