"""What is found in a class's folder: submissions, people without one, and what was left aside."""

import dataclasses
from datetime import datetime
from pathlib import Path

from autograder.errors import UserError
from autograder.gradescope.export import Attempt
from autograder.gradescope.metadata import Metadata
from autograder.roster import Person
from autograder.submission import FileSet, Unreadable, read_files
from autograder.text import clean

NO_FOLDER = "In the metadata, no folder"
NOTHING = "Nothing submitted"


class NoClass(UserError):
    """No submissions can be read at the path. The message says why and what to do."""


@dataclasses.dataclass(frozen=True)
class LeftAside:
    """A file or folder of the input that belongs to no submission that counts."""

    path: str  # relative to the input, with "/" between folders
    reason: str  # a clause, without a period


@dataclasses.dataclass(frozen=True)
class Absent:
    """People without a submission that can be graded; one row for each of them."""

    status: str  # NO_FOLDER or NOTHING
    people: tuple[Person, ...] = ()
    id: str = ""  # of the submission, if the metadata names one


@dataclasses.dataclass(frozen=True)
class ClassSubmission:
    """One submission of a class."""

    id: str  # unique, and safe as a file name
    path: Path
    people: tuple[Person, ...] = ()
    attempts: tuple[Attempt, ...] = ()  # oldest first; () if unknown
    problem: str = ""  # one sentence why this submission cannot be read although others can; "" if it can be read
    more: tuple[Path, ...] = ()  # further folders of the same submission
    sources: tuple[str, ...] = ()  # the files and folders of the input that it consists of, relative to the input
    platform: str = ""  # whose rules for names it was found by; "" if it was found by its name alone
    late: bool = False  # whether the platform's name says so
    note: str = ""  # what the instructor should know, for example that the same person submitted twice

    def read_files(self) -> FileSet:
        """Read the submitted files.

        A link at the path is not followed, because students may be able to write where it lies. Raises Unreadable.
        """
        if self.problem:
            raise Unreadable(self.problem)
        read = read_files(self.path, links=False)
        for folder in self.more:
            read = _with(read, folder.name, read_files(folder, links=False))
        return read

    @property
    def metadata(self) -> Metadata:
        """The metadata that the submission is graded with."""
        active = next((number for number, each in enumerate(self.attempts) if each.active), None)
        if active is None:
            return Metadata(self.people)
        return Metadata(self.people, self.attempts[active].created, attempt=active + 1)

    @property
    def created(self) -> datetime | None:
        """When it was submitted; None if unknown."""
        return next((each.created for each in self.attempts if each.active), None)

    @property
    def who(self) -> str:
        """The names of all who submitted, in one line; the id if they are unknown."""
        return ", ".join(map(str, self.people)) or clean(self.id)


@dataclasses.dataclass(frozen=True)
class Intake:
    """Everything in the input, each file once and each person once."""

    submissions: tuple[ClassSubmission, ...]
    absent: tuple[Absent, ...] = ()
    left_aside: tuple[LeftAside, ...] = ()


def _with(one: FileSet, name: str, other: FileSet) -> FileSet:
    """The files of `one`, and those of `other` in a folder of that name."""
    return dataclasses.replace(
        one,
        files={**one.files, **{f"{name}/{path}": content for path, content in other.files.items()}},
        refused={**one.refused, **{f"{name}/{path}": why for path, why in other.refused.items()}},
        folders=one.folders | {name} | {f"{name}/{path}" for path in other.folders},
        notes=(*one.notes, *other.notes),
        single=False,
    )
