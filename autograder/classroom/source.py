"""Where a class's submissions lie: Gradescope's export, a download of Canvas or Moodle, or any folder of them."""

import re
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.gradescope import export
from autograder.gradescope.export import Attempt
from autograder.gradescope.metadata import Metadata, Person
from autograder.submission.handed import MAX_FILE_BYTES, is_junk

# Canvas: "lastnamefirstname_LATE_12345_67890_Lab4-1.py", all in one folder; the first number is the student.
CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<student>\d+)_\d+_(?P<file>.+)")
CANVAS_COPY = re.compile(r"-\d+(?=\.[^.]+$)")  # what Canvas adds to the name of a file handed in again
# Moodle: "First Last_12345_assignsubmission_file"
MOODLE = re.compile(r"(?P<name>.+)_(?P<participant>\d+)_assignsubmission_file_?")
ALONE = (".zip", ".py", ".ipynb")  # what a student may hand in as a single file
MOST_UNPACKED = 4 << 30  # bytes


class NoClass(Exception):
    """No submissions can be read at the path; str() says why and what to do."""


@dataclass(frozen=True)
class HandedIn:
    """One submission of a class. id: unique, fit for a file's name; attempts: the oldest first, () where not told."""

    id: str
    path: Path
    people: tuple[Person, ...] = ()
    attempts: tuple[Attempt, ...] = ()

    @property
    def metadata(self) -> Metadata:
        """What is told of it when it is marked."""
        created = self.attempts[-1].created if self.attempts else None
        return Metadata(self.people, created, attempt=len(self.attempts) or None)

    @property
    def who(self) -> str:
        """In a line: the names of those who handed in, else the id."""
        return ", ".join(person.name or person.email or person.sid for person in self.people) or self.id


def find(path: Path, unpacked: Path) -> tuple[HandedIn, ...]:
    """All submissions at `path`, a folder or a zip of one; `unpacked`: an empty folder for what has to be unpacked.

    Raises NoClass, and FileError where the metadata of an export cannot be read.
    """
    if not path.exists():
        raise NoClass(f"there is no {path}; give Gradescope's export, as a zip or unpacked, or a folder of submissions")
    folder = path if path.is_dir() else _unpack(path, unpacked / "export")
    folder = _inner(folder)
    if export.is_export(folder):
        found = tuple(
            HandedIn(each.folder, folder / each.folder, each.people, each.attempts) for each in export.read(folder)
        )
    else:
        found = _plain(folder, unpacked / "students")
    if not found:
        raise NoClass(f"{path}: there are no submissions in it; a folder or a file is wanted for each")
    return found


def _unpack(path: Path, folder: Path) -> Path:
    """The files of a zip. Python's extraction keeps inside `folder` and makes no links; what is too large to be a
    submission becomes an empty file of that size, which marking refuses by its size."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [
                entry for entry in archive.infolist() if not any(map(is_junk, PurePosixPath(entry.filename).parts))
            ]
            if sum(min(entry.file_size, MAX_FILE_BYTES) for entry in entries) > MOST_UNPACKED:
                raise NoClass(f"{path}: it unpacks to more than 4 GB; unpack it yourself and give the folder")
            for entry in entries:
                if entry.file_size > MAX_FILE_BYTES:
                    _too_large(folder / _safe(entry.filename), entry.file_size)
                else:
                    archive.extract(entry, folder)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise NoClass(f"{path}: it is no zip that can be read ({error}); download it again") from None
    return folder


def _safe(name: str) -> PurePosixPath:
    return PurePosixPath(*(part for part in PurePosixPath(name).parts if part not in ("/", "..")))


def _too_large(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)


def _inner(folder: Path) -> Path:
    """The folder itself, or the only one in it: an export unpacks to one."""
    inside = [path for path in folder.iterdir() if not is_junk(path.name)]
    if len(inside) == 1 and inside[0].is_dir() and not export.is_export(folder):
        single = inside[0]
        if export.is_export(single) or any(path.is_dir() for path in single.iterdir() if not is_junk(path.name)):
            return single
    return folder


def _plain(folder: Path, students: Path) -> tuple[HandedIn, ...]:
    """One submission a folder, zip or program; a Canvas download's files are brought together by student."""
    entries = sorted((path for path in folder.iterdir() if not is_junk(path.name)), key=lambda path: path.name)
    canvas = {path: match for path in entries if path.is_file() and (match := CANVAS.fullmatch(path.name))}
    found = [
        _single(path) for path in entries if path not in canvas and (path.is_dir() or path.suffix.lower() in ALONE)
    ]
    grouped: dict[tuple[str, str], list[tuple[Path, str]]] = {}
    for path, match in canvas.items():
        grouped.setdefault((match["name"], match["student"]), []).append((path, match["file"]))
    found += [_of_canvas(name, student, files, students) for (name, student), files in grouped.items()]
    return tuple(sorted(found, key=lambda each: each.id))


def _single(path: Path) -> HandedIn:
    match = MOODLE.fullmatch(path.name)
    people = (Person(match["name"], "", ""),) if match else ()
    return HandedIn(path.name, path, people)


def _of_canvas(name: str, student: str, files: Iterable[tuple[Path, str]], students: Path) -> HandedIn:
    folder = students / f"{name}_{student}"
    folder.mkdir(parents=True)
    for path, file in files:
        shutil.copyfile(path, folder / CANVAS_COPY.sub("", file))
    return HandedIn(folder.name, folder, (Person(name, "", student),))
