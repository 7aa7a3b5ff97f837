"""Keep a record of each submission of a class: who submitted, the report, and a fingerprint of what it depends on."""

import hashlib
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from autograder.classroom.discover import ClassSubmission, NoClass
from autograder.fileio import write_bytes
from autograder.gradescope import results_json
from autograder.gradescope.export import Attempt
from autograder.individual import roster_file
from autograder.outcome import GradeReport
from autograder.render.html_page import TEMPLATES
from autograder.roster import Person
from autograder.rubric import Lab, warnings
from autograder.submission import FileSet, Unreadable, read_files
from autograder.submission.normal_form import ProgramForm
from autograder.yaml_config import FileError

# Why a submission was not to be graded in this run.
NOT_YET = "--only left it out; run again with --resume and without --only"
CHANGED = "the submission, the rubric or the grader has changed since then; run again with --resume and without --only"

GRADER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class SubmissionRecord:
    """One graded submission, as it is kept on disk."""

    id: str
    fingerprint: str  # of everything that the grade depends on
    people: tuple[Person, ...]
    attempts: tuple[Attempt, ...]
    report: GradeReport | None  # None if it could not be graded, for the reason `problem`
    problem: str = ""
    again: bool = False  # the grader itself failed, so grading again may give another result although nothing changed
    results: str = ""  # digest of its results file, as the grader wrote it; "" if unknown
    program: ProgramForm | None = None  # to compare programs with; None if there is none that could be read
    platform: str = ""  # whose rules for names it was found by; "" if by its name alone
    # What the class as a whole says about it; not kept on disk.
    absent: str = ""  # why there is no submission: "Nothing submitted"; "" if there is one
    late: str = ""  # "" if it is not known to be late, "yes", or how late as H:MM:SS
    note: str = ""  # for example that the same person submitted twice
    left: frozenset[str] = frozenset()  # checks that an instructor left as they are; "" is the submission as a whole

    @property
    def who(self) -> str:
        """The names of all who submitted, in one line; the id if they are unknown."""
        return ClassSubmission(self.id, Path(), self.people).who

    @property
    def created(self) -> datetime | None:
        """When it was submitted; None if unknown."""
        return next((each.created for each in self.attempts if each.active), None)

    @property
    def graded(self) -> bool:
        """Whether it has a total."""
        return self.report is not None and not self.problem

    @property
    def status(self) -> str:
        """ "Graded", "Not graded: " and the reason, or why there is nothing to grade."""
        return self.absent or ("Graded" if self.graded else f"Not graded: {self.problem}")

    @property
    def points(self) -> float:
        """The total; 0 if it could not be graded."""
        return self.report.points if self.report else 0.0


def review_reasons(lab: Lab, record: SubmissionRecord) -> tuple[str, ...]:
    """Warnings to the instructor about this submission in particular.

    They say, for example, that the numbers are not the student's own, or that the answers are another student's.
    """
    all_warnings = record.report.warnings if record.report else ()
    return tuple(each for each in all_warnings if each not in warnings(lab))


RECORD = ".msgpack"  # not JSON, because JSON has no nan, and a loss can be nan
# In the folder of a class, with one file per submission; how its name ends after the id.
FOLDERS = {"results": ".json", "feedback": ".html", "records": RECORD}


def files_of(folder: Path, id: str) -> tuple[Path, Path, Path]:
    """The files of a submission in the folder of a class, in the order of writing: results, feedback page, record."""
    results, page, record = (folder / name / f"{id}{end}" for name, end in FOLDERS.items())
    return results, page, record


def digest_of_results(folder: Path, id: str) -> str:
    """The digest of a submission's results file; "" if there is none that can be read."""
    try:
        return hashlib.sha256(files_of(folder, id)[0].read_bytes()).hexdigest()
    except OSError:
        return ""


def results_of(folder: Path, id: str) -> results_json.Results | None:
    """A submission's results file; None if there is none that can be read."""
    try:
        return results_json.read(files_of(folder, id)[0])
    except FileError:
        return None


def extra_data(folder: Path, id: str) -> dict[str, Any]:
    """What a submission's results file stores for the instructor; empty if there is none that can be read."""
    results = results_of(folder, id)
    return (results.extra_data or {}) if results else {}


def write(folder: Path, record: SubmissionRecord) -> None:
    """Write a record, whole or not at all. Raises CannotWrite."""
    write_bytes(files_of(folder, record.id)[-1], msgspec.msgpack.encode(record))


def read(folder: Path, id: str) -> SubmissionRecord | None:
    """The record of a submission; None if there is none that can be read."""
    try:
        return msgspec.msgpack.decode(files_of(folder, id)[-1].read_bytes(), type=SubmissionRecord)
    except (OSError, msgspec.MsgspecError):
        return None


class Listed(msgspec.Struct, frozen=True):
    """Somebody of the class: a submission with its people, or people without one."""

    id: str  # of the submission; "" if there is none
    people: tuple[Person, ...]
    absent: str = ""  # why there is no submission; "" if there is one


class LastRun(msgspec.Struct, frozen=True):
    """What a run knew about the class as a whole."""

    everybody: tuple[Listed, ...] = ()
    roster: str = ""  # the path of the class list; "" if there was none but that of the lab
    due: datetime | None = None


LAST_RUN = "class"  # in the folder of the records, without their ending


def write_run(folder: Path, run: LastRun) -> None:
    """Write what this run knows about the class. Raises CannotWrite."""
    write_bytes(folder / "records" / LAST_RUN, msgspec.msgpack.encode(run))


def last_run(folder: Path) -> LastRun:
    """What the last run knew about the class; nothing if that cannot be read."""
    try:
        return msgspec.msgpack.decode((folder / "records" / LAST_RUN).read_bytes(), type=LastRun)
    except (OSError, msgspec.MsgspecError):
        return LastRun()


def ids(folder: Path) -> list[str]:
    """The ids of all submissions that have a record, in order. Raises NoClass if the folder has no records."""
    if not (folder / "records").is_dir():
        raise NoClass(f"{folder}: it contains no results of a class; name the folder that `autograder class` wrote")
    return sorted(path.name.removesuffix(RECORD) for path in (folder / "records").glob(f"*{RECORD}"))


def grader_fingerprint(lab: Lab, device: str) -> str:
    """A digest of what the grades and pages of all submissions depend on.

    That is: the grader, the lab, the device, and the versions of Python and torch.
    """
    digest = hashlib.sha256(f"{device} {lab.digest} {platform.python_version()} {_torch()}".encode())
    for path in sorted((*GRADER.rglob("*.py"), *TEMPLATES.iterdir())):
        digest.update(f"{path.name} {path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    digest.update(_digest_of(lambda: read_files(lab.reference)))
    known = roster_file(lab)
    digest.update(known.read_bytes() if known else b"")
    return digest.hexdigest()


def _torch() -> str:
    """The version of torch, which is not imported here; "" if its installation does not record one."""
    try:
        return version("torch")
    except PackageNotFoundError:
        return ""


def fingerprint(submission: ClassSubmission, grader: str) -> str:
    """A digest of a submission's files and metadata together with `grader`, the grader's fingerprint."""
    digest = hashlib.sha256(grader.encode())
    digest.update(msgspec.json.encode((submission.id, submission.people, submission.attempts)))
    digest.update(_digest_of(submission.read_files))
    return digest.hexdigest()


def _digest_of(read: Callable[[], FileSet]) -> bytes:
    """A digest of all files of a submission, or of the reason why they cannot be read."""
    try:
        files = read()
    except Unreadable as error:
        return hashlib.sha256(repr(str(error)).encode()).digest()
    digest = hashlib.sha256(repr((sorted(files.refused.items()), sorted(files.folders), files.notes)).encode())
    for name, content in sorted(files.files.items()):
        digest.update(f"{name!r} {len(content)}\0".encode())  # repr: a name need not be UTF-8
        digest.update(content)
    return digest.digest()
