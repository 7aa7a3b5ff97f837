"""What is kept of each submission of a class: who, how it was marked, and of what that depends."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from autograder.classroom.source import HandedIn
from autograder.gradescope.export import Attempt
from autograder.gradescope.metadata import Person
from autograder.gradescope.results import write_bytes
from autograder.individual import ROSTER
from autograder.lab import Lab
from autograder.outcome import GradeReport

GRADER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Record:
    """One submission. report: None where it could not be marked, for the reason `problem`. fingerprint: of all that the
    marks depend on; when that is the same, marking again would give the same."""

    id: str
    fingerprint: str
    people: tuple[Person, ...]
    attempts: tuple[Attempt, ...]
    report: GradeReport | None
    problem: str = ""

    @property
    def who(self) -> str:
        """In a line: the names of those who handed in, else the id."""
        return HandedIn(self.id, Path(), self.people).who

    @property
    def created(self) -> datetime | None:
        """When it was handed in."""
        return self.attempts[-1].created if self.attempts else None

    @property
    def points(self) -> float:
        """The total; 0 where it could not be marked."""
        return self.report.points if self.report else 0.0


def path_of(folder: Path, id: str) -> Path:
    """The file of a record in the folder of a class."""
    return folder / "records" / f"{id}.msgpack"  # JSON has no nan, and a diverging loss has


def write(folder: Path, record: Record) -> None:
    """Keep a record, whole or not at all. Raises CannotWrite."""
    write_bytes(path_of(folder, record.id), msgspec.msgpack.encode(record), "--out")


def read(folder: Path, id: str) -> Record | None:
    """The record of a submission; None where there is none that can be read."""
    try:
        return msgspec.msgpack.decode(path_of(folder, id).read_bytes(), type=Record)
    except (OSError, msgspec.MsgspecError):
        return None


def basis(lab: Lab, device: str) -> str:
    """A digest of what the marks of all submissions depend on: the grader, the lab, and the device."""
    digest = hashlib.sha256(device.encode())
    for path in (
        *sorted(GRADER.rglob("*.py")),
        lab.folder / "rubric.yaml",
        *_files(lab.folder / ROSTER),
        *_files(lab.reference),
    ):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def fingerprint(handed: HandedIn, of_all: str) -> str:
    """A digest of a submission's files and of what is told of it, together with the `basis` of all."""
    digest = hashlib.sha256(of_all.encode())
    digest.update(msgspec.json.encode((handed.id, handed.people, handed.attempts)))
    for path in _files(handed.path):
        name = path.relative_to(handed.path).as_posix() if path != handed.path else path.name
        digest.update(f"{name}\0{path.lstat().st_size}\0".encode("utf-8", "surrogateescape"))
        if path.is_symlink():
            continue
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    """The files below a folder in order, or the file itself; nothing that is a device or a pipe."""
    if path.is_dir():
        yield from sorted(each for each in path.rglob("*") if each.is_symlink() or each.is_file())
    elif path.is_file():
        yield path
