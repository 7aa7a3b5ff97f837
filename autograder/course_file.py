"""course.yaml: the labs of a course, the class list that they share, and a secret from which their keys are made.

The comment beside each field, or above it, is its description in docs/rubric.md, which docs/rubric.py writes.
"""

import hashlib
import hmac
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from autograder import yaml_config
from autograder.yaml_config import Place

FILE = "course.yaml"
HIGHEST = 2  # how many folders above a lab course.yaml may be
SHORTEST_KEY = 16  # characters, as of a rubric's key
NAME = re.compile(r"\w[\w.-]*")  # of a lab: its zip and its folder of grades are called so
NOT_NAMES = ("gradebook.csv",)  # a file beside the folders of grades


class LabEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lab of the course."""

    folder: str = ""  # the lab's folder, relative to course.yaml; without it, the one with the lab's name
    # the submissions: an export, a download from a platform, or a folder, relative to course.yaml; without it, the
    # lab is not graded yet
    submissions: str = ""
    due: str = ""  # the due date, in the platform's local time, in quotes
    points: float | None = None  # what the lab is worth in the course's grade book; without it, its own points


class CourseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file course.yaml, in the folder above the labs: what they have in common."""

    course: str  # the course's title
    labs: dict[str, LabEntry | None]  # by name: the zip for Gradescope and the folder of grades are called so
    roster: str = ""  # the class list of all labs, relative to course.yaml
    key: str = ""  # a secret of at least 16 characters, from which a key is made for each lab whose rubric has none


@dataclass(frozen=True)
class CourseLab:
    """A lab of the course, with paths instead of texts."""

    name: str
    folder: Path
    submissions: Path | None
    due: datetime | None
    points: float | None


@dataclass(frozen=True)
class Course:
    """A valid course.yaml."""

    path: Path
    title: str
    labs: Mapping[str, CourseLab]
    roster: Path | None
    key: str

    def key_of(self, lab: str) -> str:
        """The key of a lab whose rubric has none; "" if the course has no key either. No lab's key tells another's."""
        return hmac.new(self.key.encode(), lab.encode(), hashlib.sha256).hexdigest() if self.key else ""


def load(path: Path) -> Course:
    """Read a course.yaml. Raises FileError, with line and key, for the first problem."""
    document = yaml_config.load(path)
    entry = yaml_config.convert(document, CourseEntry)
    for place, problem in _problems(path.parent, entry):
        raise document.error(place, problem)
    labs = {name: _lab(path.parent, name, each or LabEntry()) for name, each in entry.labs.items()}
    return Course(path, entry.course, labs, path.parent / entry.roster if entry.roster else None, entry.key)


def of_lab(folder: Path) -> tuple[Course, str] | None:
    """The course that lists the lab in a folder, and the lab's name in it. Raises FileError if a course.yaml above the
    folder is not valid."""
    folder = folder.resolve()
    for above in folder.parents[:HIGHEST]:
        if (above / FILE).is_file():
            course = load(above / FILE)
            for lab in course.labs.values():
                if lab.folder.resolve() == folder:
                    return course, lab.name
    return None


def _lab(folder: Path, name: str, entry: LabEntry) -> CourseLab:
    return CourseLab(
        *(name, folder / (entry.folder or name)),
        folder / entry.submissions if entry.submissions else None,
        datetime.fromisoformat(entry.due).replace(tzinfo=None) if entry.due else None,
        entry.points,
    )


def _problems(folder: Path, entry: CourseEntry) -> Iterator[tuple[Place, str]]:
    """What does not fit, as (keys, sentence). folder: that of course.yaml."""
    if not entry.labs:
        yield ("labs",), "a course needs a lab; write the name of its folder, as in labs: { lab1: }"
    if entry.key and len(entry.key) < SHORTEST_KEY:
        yield ("key",), f"the key is too short to be a secret; use at least {SHORTEST_KEY} characters"
    if entry.roster and not (folder / entry.roster).is_file():
        yield ("roster",), f"there is no file {folder / entry.roster}; correct the path, or remove this key"
    taken: dict[Path, str] = {}
    for name, each in entry.labs.items():
        for place, problem in _lab_problems(folder, name, each or LabEntry()):
            yield ("labs", name, *place), problem
        where = (folder / ((each.folder if each else "") or name)).resolve()
        if where in taken:
            yield ("labs", name), f"this is the folder of {taken[where]} too; each lab needs its own"
        taken[where] = name


def _lab_problems(folder: Path, name: str, entry: LabEntry) -> Iterator[tuple[Place, str]]:
    if not NAME.fullmatch(name) or name in NOT_NAMES:
        yield (), f"{name!r} cannot be a lab's name, because files are called so; use letters, digits, -, _ and ."
    lab = folder / (entry.folder or name)
    if not (lab / "rubric.yaml").is_file():
        place = ("folder",) if entry.folder else ()
        yield place, f"there is no lab in {lab}: it has no rubric.yaml; correct the folder"
    if entry.due:
        try:
            datetime.fromisoformat(entry.due)
        except ValueError:
            yield ("due",), f'{entry.due!r} is no time; write it as in "2026-11-02 23:59"'
    if entry.points is not None and not 0 < entry.points < math.inf:
        yield ("points",), "a lab is worth a number of points above 0; to leave it out, remove the lab"
