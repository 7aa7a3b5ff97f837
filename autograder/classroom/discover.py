"""Where a class's submissions lie: Gradescope's export, a download of Canvas or Moodle, or any folder of them."""

import dataclasses
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autograder.classroom.unpack import CannotUnpack, unpack, write_hollow
from autograder.errors import UserError
from autograder.fileio import kind
from autograder.gradescope import export
from autograder.gradescope.export import Attempt
from autograder.gradescope.metadata import Metadata, Person
from autograder.submission import FileSet, Unreadable, read_files, safe_open
from autograder.submission.file_set import is_junk, most_bytes
from autograder.text import clean, fit, printable

# Canvas: "lastnamefirstname_LATE_12345_67890_Lab4-1.py", all in one folder; the first number is the student.
CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<student>\d+)_\d+_(?P<file>.*[^.].*)")
CANVAS_COPY = re.compile(r"-\d+(?=\.[^.]+$)")  # what Canvas adds to the name of a file handed in again
# Moodle: "First Last_12345_assignsubmission_file", a folder, or with "_Lab4.py" behind it, a file among all others
# Without a number in the name, as Canvas has one: what follows that is the student's to choose.
MOODLE = re.compile(r"(?P<name>(?:(?!_\d+_).)+)_(?P<student>\d+)_assignsubmission_file(?:_(?P<file>.*[^.].*)?)?")
PROGRAMS = (".py", ".ipynb")
ANSWERS = (".yaml", ".yml")
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")  # which marking refuses, and says so
ALONE = (".zip", *OTHER_ARCHIVES, *PROGRAMS)  # what a student may hand in as a single file
DEEPEST = 3  # folders with nothing but a folder in them, around the submissions
LONGEST_ID = 120  # bytes: what is made of an id is a file's name everywhere
UNFIT = re.compile(r'^\.|[\t-\r<>:"/\\|?*#%\N{REPLACEMENT CHARACTER}]')  # somewhere, in a file's name or a link


class NoClass(UserError):
    """No submissions can be read at the path; str() says why and what to do."""


@dataclasses.dataclass(frozen=True)
class ClassSubmission:
    """One submission of a class. id: unique, fit for a file's name; attempts: the oldest first, () where not told.
    problem: why it cannot be read, though others can, one sentence; "" where it may be read."""

    id: str
    path: Path
    people: tuple[Person, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    problem: str = ""

    def gather(self) -> FileSet:
        """What was handed in. The path is not followed where it is a link: students may be able to write where it
        lies. Raises Unreadable."""
        if self.problem:
            raise Unreadable(self.problem)
        return read_files(self.path, links=False)

    @property
    def metadata(self) -> Metadata:
        """What is told of it when it is marked."""
        active = next((number for number, each in enumerate(self.attempts) if each.active), None)
        if active is None:
            return Metadata(self.people)
        return Metadata(self.people, self.attempts[active].created, attempt=active + 1)

    @property
    def who(self) -> str:
        """In a line: the names of those who handed in, else the id."""
        named = (person.name or person.email or person.sid for person in self.people)
        return ", ".join(map(clean, named)) or clean(self.id)


def find(path: Path, unpacked: Path) -> tuple[ClassSubmission, ...]:
    """All submissions at `path`, a folder or a zip of one; `unpacked`: an empty folder for what has to be unpacked.

    Raises NoClass, and FileError where the metadata of an export cannot be read.
    """
    if not path.exists():
        raise NoClass(f"there is no {path}; give Gradescope's export, as a zip or unpacked, or a folder of submissions")
    try:
        found = tuple(_found(path, unpacked))
    except CannotUnpack as error:
        raise NoClass(f"{path}: {error}") from None
    except OSError as error:
        raise NoClass(f"{error.filename or path}: it cannot be read ({error.strerror}); check its rights") from None
    if not found:
        raise NoClass(f"{path}: there are no submissions in it; a folder or a file is wanted for each")
    return tuple(_named(found))


def _found(path: Path, unpacked: Path) -> Iterable[ClassSubmission]:
    folder, damaged = path, {}
    if not path.is_dir():
        folder = unpacked / "export"
        damaged = unpack(path, folder)
    folder = _inner(folder)
    if export.is_export(folder):
        found: Iterable[ClassSubmission] = (
            ClassSubmission(one.folder, folder / one.folder, one.people, one.attempts) for one in export.read(folder)
        )
    else:
        found = _plain(folder, unpacked / "students", damaged)
    problems = {above: why for place, why in damaged.items() for above in (place, *place.parents)}
    return (dataclasses.replace(each, problem=each.problem or problems.get(each.path, "")) for each in found)


def _inner(folder: Path) -> Path:
    """The folder that holds the submissions: this one, or one that is alone in it, as zips are often made."""
    for _ in range(DEEPEST):
        inside = [path for path in folder.iterdir() if not is_junk(path.name)]
        if len(inside) != 1 or kind(inside[0]) != "folder" or not _may_hold_submissions(inside[0]):
            break
        folder = inside[0]
    return folder


def _may_hold_submissions(folder: Path) -> bool:
    """Whether this looks like a class, not like the one submission of a class of one."""
    inside = [path for path in folder.iterdir() if not is_junk(path.name)]
    if export.is_export(folder) or any(_of_a_student(path.name) for path in inside):
        return True
    suffixes = {path.suffix.lower() for path in inside if kind(path) == "file"}
    folders = sum(kind(path) == "folder" for path in inside)
    return folders > 0 and suffixes.isdisjoint(PROGRAMS) and (folders > 1 or suffixes.isdisjoint(ANSWERS))


def _plain(folder: Path, students: Path, damaged: Mapping[Path, str]) -> list[ClassSubmission]:
    """One submission a folder, archive or program; files that Canvas or Moodle has named are brought together by
    student. damaged: why a file cannot be read, by its path."""
    entries = sorted((path for path in folder.iterdir() if not is_junk(path.name)), key=lambda path: path.name)
    grouped: dict[tuple[str, str], dict[str, Path]] = {}
    found = []
    for path in entries:
        if kind(path) in ("file", "link") and (match := _of_a_student(path.name)):
            grouped.setdefault((match["name"], match["student"]), {})[match["file"]] = path
        elif kind(path) in ("folder", "link") or path.suffix.lower() in ALONE:  # what a link is to be is said there
            found.append(ClassSubmission(path.name, path, _people(MOODLE.fullmatch(path.name))))
    found += [_brought_together(files, students / "_".join(who), damaged) for who, files in grouped.items()]
    return sorted(found, key=lambda each: each.id)


def _of_a_student(name: str) -> re.Match[str] | None:
    """How a file's name tells whose it is."""
    moodle = MOODLE.fullmatch(name)
    return moodle if moodle and moodle["file"] else CANVAS.fullmatch(name)


def _people(match: re.Match[str] | None) -> tuple[Person, ...]:
    """Who handed in, as a name tells it. Moodle's number is only that of a line in the course."""
    if match is None:
        return ()
    return (Person(clean(match["name"], 100), "", match["student"] if match.re is CANVAS else ""),)


def _brought_together(files: Mapping[str, Path], folder: Path, damaged: Mapping[Path, str]) -> ClassSubmission:
    """The files of a student, by their names without what a platform has added, in a folder of their own."""
    folder.mkdir(parents=True)
    problems = [damaged[path] for path in files.values() if path in damaged]
    for file, path in files.items():
        plain = CANVAS_COPY.sub("", file)
        if problem := _copy(path, folder / (file if plain in files else plain)):
            problems.append(f"{printable(file)} {problem}; put the file itself there.")
    people = _people(_of_a_student(next(iter(files.values())).name))
    return ClassSubmission(folder.name, folder, people, problem=(problems or [""])[0])


def _copy(path: Path, target: Path) -> str:
    """Copy a file that is no link, hollow where it is too large; returns why that cannot be done, "" where it can."""
    try:
        size = path.lstat().st_size
    except OSError:
        return "could not be opened"
    content = safe_open.content([str(path.parent.resolve()), path.name], most_bytes(path.name))
    if isinstance(content, bytes):
        target.write_bytes(content)
        return ""
    if size <= most_bytes(path.name):
        return content
    write_hollow(target, size)
    return ""


def _named(found: Iterable[ClassSubmission]) -> Iterator[ClassSubmission]:
    """The same with ids that are fit for files' names and unique, also where upper and lower case are the same."""
    taken: set[str] = set()
    for each in found:
        id = first = _fit(each.id)
        number = 1
        while id.casefold() in taken:
            number += 1
            id = f"{first}-{number}"
        taken.add(id.casefold())
        yield dataclasses.replace(each, id=id)


def _fit(name: str) -> str:
    """A name as it is, or what of it is fit for a file's name, with a digest of all of it."""
    name = unicodedata.normalize("NFC", name)  # macOS takes accents apart
    plain = UNFIT.sub("_", fit(name))
    if plain == name and len(plain.encode()) <= LONGEST_ID:
        return plain
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{plain.encode()[:LONGEST_ID].decode(errors='ignore')}-{digest}"
