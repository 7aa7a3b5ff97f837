"""Find the submissions of a class: in Gradescope's export, in a download of Canvas or Moodle, or in any folder."""

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
from autograder.gradescope.metadata import Metadata
from autograder.roster import Person
from autograder.submission import FileSet, Unreadable, read_files, safe_open
from autograder.submission.file_set import is_junk, most_bytes
from autograder.text import clean, fit, printable

# Canvas: "lastnamefirstname_LATE_12345_67890_Lab4-1.py", all in one folder. The first number identifies the student.
CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<student>\d+)_\d+_(?P<file>.*[^.].*)")
CANVAS_COPY = re.compile(r"-\d+(?=\.[^.]+$)")  # what Canvas adds to the name of a file that is submitted again
# Moodle: a folder "First Last_12345_assignsubmission_file", or a file with "_Lab4.py" after that, among all others.
# The name must not contain "_12345_" as Canvas's names do: what follows such a number is chosen by the student.
MOODLE = re.compile(r"(?P<name>(?:(?!_\d+_).)+)_(?P<student>\d+)_assignsubmission_file(?:_(?P<file>.*[^.].*)?)?")
PROGRAMS = (".py", ".ipynb")
ANSWERS = (".yaml", ".yml")
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")  # the grader refuses these with an explanation
SINGLE_FILES = (".zip", *OTHER_ARCHIVES, *PROGRAMS)  # what a student may submit as a single file
DEEPEST = 3  # levels of folders that contain only one folder, around the submissions
LONGEST_ID = 120  # bytes; file names are made from ids, and every file system allows these
UNSAFE = re.compile(r'^\.|[\t-\r<>:"/\\|?*#%\N{REPLACEMENT CHARACTER}]')  # not allowed in some file names or links


class NoClass(UserError):
    """No submissions can be read at the path. The message says why and what to do."""


@dataclasses.dataclass(frozen=True)
class ClassSubmission:
    """One submission of a class."""

    id: str  # unique, and safe as a file name
    path: Path
    people: tuple[Person, ...] = ()
    attempts: tuple[Attempt, ...] = ()  # oldest first; () if unknown
    problem: str = ""  # one sentence why this submission cannot be read although others can; "" if it can be read

    def read_files(self) -> FileSet:
        """Read the submitted files.

        A link at the path is not followed, because students may be able to write where it lies. Raises Unreadable.
        """
        if self.problem:
            raise Unreadable(self.problem)
        return read_files(self.path, links=False)

    @property
    def metadata(self) -> Metadata:
        """The metadata that the submission is graded with."""
        active = next((number for number, each in enumerate(self.attempts) if each.active), None)
        if active is None:
            return Metadata(self.people)
        return Metadata(self.people, self.attempts[active].created, attempt=active + 1)

    @property
    def who(self) -> str:
        """The names of all who submitted, in one line; the id if they are unknown."""
        return ", ".join(map(str, self.people)) or clean(self.id)


def find_submissions(path: Path, unpacked: Path) -> tuple[ClassSubmission, ...]:
    """Find all submissions at `path`, which is a folder or a zip of one.

    Args:
        path: the export, download or folder.
        unpacked: an empty folder; files from archives are written there.

    Raises:
        NoClass: no submissions can be read at `path`.
        FileError: the metadata of a Gradescope export cannot be read.
    """
    if not path.exists():
        raise NoClass(f"there is no {path}; give Gradescope's export (zip or unpacked) or a folder of submissions")
    try:
        found = tuple(_discover(path, unpacked))
    except CannotUnpack as error:
        raise NoClass(f"{path}: {error}") from None
    except OSError as error:
        reason = f"it cannot be read ({error.strerror}); check its permissions"
        raise NoClass(f"{error.filename or path}: {reason}") from None
    if not found:
        raise NoClass(f"{path}: it contains no submissions; there must be a folder or a file for each submission")
    return tuple(_with_unique_ids(found))


def _discover(path: Path, unpacked: Path) -> Iterable[ClassSubmission]:
    folder, damaged = path, {}
    if not path.is_dir():
        folder = unpacked / "export"
        damaged = unpack(path, folder)
    folder = _innermost(folder)
    if export.is_export(folder):
        found: Iterable[ClassSubmission] = (
            ClassSubmission(one.folder, folder / one.folder, one.people, one.attempts) for one in export.read(folder)
        )
    else:
        found = _list_folder(folder, unpacked / "students", damaged)
    problems = {above: why for place, why in damaged.items() for above in (place, *place.parents)}
    return (dataclasses.replace(each, problem=each.problem or problems.get(each.path, "")) for each in found)


def _innermost(folder: Path) -> Path:
    """The folder that holds the submissions: this one, or a folder that is alone in it, as zip tools often make it."""
    for _ in range(DEEPEST):
        inside = [path for path in folder.iterdir() if not is_junk(path.name)]
        if len(inside) != 1 or kind(inside[0]) != "folder" or not _may_hold_submissions(inside[0]):
            break
        folder = inside[0]
    return folder


def _may_hold_submissions(folder: Path) -> bool:
    """Whether this folder looks like a class rather than the only submission of a class of one."""
    inside = [path for path in folder.iterdir() if not is_junk(path.name)]
    if export.is_export(folder) or any(_match_student(path.name) for path in inside):
        return True
    suffixes = {path.suffix.lower() for path in inside if kind(path) == "file"}
    folders = sum(kind(path) == "folder" for path in inside)
    return folders > 0 and suffixes.isdisjoint(PROGRAMS) and (folders > 1 or suffixes.isdisjoint(ANSWERS))


def _list_folder(folder: Path, students: Path, damaged: Mapping[Path, str]) -> list[ClassSubmission]:
    """List one submission per folder, archive or program; group files named by Canvas or Moodle by student.

    Args:
        folder: where the submissions are.
        students: where the files of each student are copied to, a folder per student.
        damaged: for each file that cannot be read, why.
    """
    entries = sorted((path for path in folder.iterdir() if not is_junk(path.name)), key=lambda path: path.name)
    grouped: dict[tuple[str, str], dict[str, Path]] = {}
    found = []
    for path in entries:
        if kind(path) in ("file", "link") and (match := _match_student(path.name)):
            grouped.setdefault((match["name"], match["student"]), {})[match["file"]] = path
        elif (
            kind(path) in ("folder", "link") or path.suffix.lower() in SINGLE_FILES
        ):  # reading a link fails, with a reason
            found.append(ClassSubmission(path.name, path, _people_in_name(MOODLE.fullmatch(path.name))))
    found += [_combine_files(files, students / "_".join(who), damaged) for who, files in grouped.items()]
    return sorted(found, key=lambda each: each.id)


def _match_student(name: str) -> re.Match[str] | None:
    """Match a file name that says which student the file belongs to."""
    moodle = MOODLE.fullmatch(name)
    return moodle if moodle and moodle["file"] else CANVAS.fullmatch(name)


def _people_in_name(match: re.Match[str] | None) -> tuple[Person, ...]:
    """Who submitted, from a name. Moodle's number only identifies a row of the course list, so it is not used."""
    if match is None:
        return ()
    return (Person(clean(match["name"], 100), "", match["student"] if match.re is CANVAS else ""),)


def _combine_files(files: Mapping[str, Path], folder: Path, damaged: Mapping[Path, str]) -> ClassSubmission:
    """Copy the files of one student into a folder of their own, under their names without the platform's additions."""
    folder.mkdir(parents=True)
    problems = [damaged[path] for path in files.values() if path in damaged]
    for file, path in files.items():
        plain = CANVAS_COPY.sub("", file)
        if problem := _copy(path, folder / (file if plain in files else plain)):
            problems.append(f"{printable(file)} {problem}; put the file itself there.")
    people = _people_in_name(_match_student(next(iter(files.values())).name))
    return ClassSubmission(folder.name, folder, people, problem=(problems or [""])[0])


def _copy(path: Path, target: Path) -> str:
    """Copy a file that is not a link; if it is too large, make an empty file of that size. Return what went wrong."""
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


def _with_unique_ids(found: Iterable[ClassSubmission]) -> Iterator[ClassSubmission]:
    """The same submissions with ids that are safe as file names and unique, also where case is ignored."""
    taken: set[str] = set()
    for each in found:
        id = first = _safe_filename(each.id)
        number = 1
        while id.casefold() in taken:
            number += 1
            id = f"{first}-{number}"
        taken.add(id.casefold())
        yield dataclasses.replace(each, id=id)


def _safe_filename(name: str) -> str:
    """`name` if it is safe as a file name, else its safe part with a digest of the whole name."""
    name = unicodedata.normalize("NFC", name)  # macOS stores letters and accents separately
    plain = UNSAFE.sub("_", fit(name))
    if plain == name and len(plain.encode()) <= LONGEST_ID:
        return plain
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{plain.encode()[:LONGEST_ID].decode(errors='ignore')}-{digest}"
