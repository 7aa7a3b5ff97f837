"""What is kept of each submission of a class: who, how it was marked, and of what that depends."""

import hashlib
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from autograder.classroom.discover import ClassSubmission
from autograder.fileio import write_bytes
from autograder.gradescope.export import Attempt
from autograder.gradescope.metadata import Person
from autograder.individual import ROSTER
from autograder.outcome import GradeReport
from autograder.render.html_page import TEMPLATES
from autograder.rubric import Lab, warnings
from autograder.submission import FileSet, Unreadable, read_files

GRADER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class SubmissionRecord:
    """One submission. report: None where it could not be marked, for the reason `problem`. fingerprint: of all that the
    marks depend on. again: whether marking it again may give something else all the same, because the grader failed."""

    id: str
    fingerprint: str
    people: tuple[Person, ...]
    attempts: tuple[Attempt, ...]
    report: GradeReport | None
    problem: str = ""
    again: bool = False

    @property
    def who(self) -> str:
        """In a line: the names of those who handed in, else the id."""
        return ClassSubmission(self.id, Path(), self.people).who

    @property
    def created(self) -> datetime | None:
        """When it was handed in."""
        return next((each.created for each in self.attempts if each.active), None)

    @property
    def points(self) -> float:
        """The total; 0 where it could not be marked."""
        return self.report.points if self.report else 0.0


def to_look_at(lab: Lab, record: SubmissionRecord) -> tuple[str, ...]:
    """What the instructor is told of this submission, and not of every one: that the numbers are not the student's own,
    or that the answers are another student's."""
    told = record.report.warnings if record.report else ()
    return tuple(each for each in told if each not in warnings(lab))


FOLDERS = ("results", "feedback", "records")  # in the folder of a class, with a file for each submission


def files_of(folder: Path, id: str) -> tuple[Path, Path, Path]:
    """What there is of a submission in the folder of a class, in the order of writing: results.json, the student's
    page, the record."""
    results, pages, records = (folder / name for name in FOLDERS)
    return results / f"{id}.json", pages / f"{id}.html", records / f"{id}.msgpack"  # JSON has no nan, a loss can be it


def write(folder: Path, record: SubmissionRecord) -> None:
    """Keep a record, whole or not at all. Raises CannotWrite."""
    write_bytes(files_of(folder, record.id)[-1], msgspec.msgpack.encode(record))


def read(folder: Path, id: str) -> SubmissionRecord | None:
    """The record of a submission; None where there is none that can be read."""
    try:
        return msgspec.msgpack.decode(files_of(folder, id)[-1].read_bytes(), type=SubmissionRecord)
    except (OSError, msgspec.MsgspecError):
        return None


def grader_fingerprint(lab: Lab, device: str) -> str:
    """A digest of what the marks of all submissions depend on, and their pages: the grader, the lab, the device, and
    the versions of Python and torch."""
    digest = hashlib.sha256(f"{device} {lab.digest} {platform.python_version()} {_torch()}".encode())
    for path in sorted((*GRADER.rglob("*.py"), *TEMPLATES.iterdir())):
        digest.update(f"{path.name} {path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    digest.update(_digest_of(lambda: read_files(lab.reference)))
    roster = lab.folder / ROSTER
    digest.update(roster.read_bytes() if roster.is_file() else b"")
    return digest.hexdigest()


def _torch() -> str:
    """The version of torch, which is not imported here; "" where it was installed in a way that does not tell."""
    try:
        return version("torch")
    except PackageNotFoundError:
        return ""


def fingerprint(handed: ClassSubmission, of_all: str) -> str:
    """A digest of a submission as it is read and of what is told of it, together with the `basis` of all."""
    digest = hashlib.sha256(of_all.encode())
    digest.update(msgspec.json.encode((handed.id, handed.people, handed.attempts)))
    digest.update(_digest_of(handed.gather))
    return digest.hexdigest()


def _digest_of(gathered: Callable[[], FileSet]) -> bytes:
    """A digest of all that reading a submission sees, be it only why there is nothing to be read."""
    try:
        handed = gathered()
    except Unreadable as error:
        return hashlib.sha256(repr(str(error)).encode()).digest()
    digest = hashlib.sha256(repr((sorted(handed.refused.items()), sorted(handed.folders), handed.notes)).encode())
    for name, content in sorted(handed.files.items()):
        digest.update(f"{name!r} {len(content)}\0".encode())  # repr: a name need not be UTF-8
        digest.update(content)
    return digest.digest()
