"""A submission as plain data, and the errors of reading it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from autograder.errors import UserError


class Unreadable(UserError):
    """The submission as a whole cannot be read; str() is one sentence: what is wrong, where, and how to fix it."""


class NotFound(Unreadable):
    """The path given for the submission does not exist: a mistake of the person who runs the grader."""


class PartUnreadable(ValueError):
    """One part (the program or the answers) cannot be read; the other still can. str() is one sentence."""


@dataclass(frozen=True)
class Program:
    """The student's code.

    name: the file name as submitted, such as "Lab4 (1).py"
    cells: one text for a .py file, the code cells of a notebook; notebook commands are replaced by `pass`,
        so that line numbers stay the student's own
    digest: sha256 (hex) of the file's text after decoding, with \\n as newlines
    notebook: whether it is a notebook
    parts: what each cell is called, if the program consists of several files
    """

    name: str
    cells: tuple[str, ...]
    digest: str
    notebook: bool = False
    parts: tuple[str, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        """What each cell is called in messages."""
        if self.parts or len(self.cells) == 1:
            return self.parts or (self.name,)
        return tuple(f"{self.name}, code cell {number}" for number in range(1, len(self.cells) + 1))


Rows = tuple["float | Rows", ...]  # a vector, or the rows of a matrix; all are equally long


@dataclass(frozen=True)
class Answer:
    """One paper answer: blank (text ''), read (value), or unreadable (problem).

    text: as written, at most 80 characters, '' when blank
    value: a finite number, None when blank or unreadable; where a lab asks for vectors and matrices also nested
        numbers, with nan for an element that is blank
    problem: one sentence for the student, with the line number, None unless unreadable
    """

    text: str
    value: float | Rows | None
    problem: str | None


@dataclass(frozen=True)
class Answers:
    """The paper answers: section -> key -> answer, with names lower-cased and stripped.

    notes: what was accepted although it is not as asked, one sentence each
    """

    name: str
    sections: Mapping[str, Mapping[str, Answer]]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Submission:
    """Everything that was submitted.

    files: (relative posix path, content), at most 500 files and 10 MB; the paths are relative to the folder
        in which the program was found, never leave it, and never clash with each other or the program's name
    program, answers: None where they are missing or unreadable; `problems` says why
    notes: what was accepted although it is not as asked, or left out; one sentence each
    problems: why the program or the answers could not be read, one sentence each
    """

    files: tuple[tuple[str, bytes], ...]
    program: Program | None
    answers: Answers | None
    notes: tuple[str, ...]
    problems: tuple[str, ...]
    unclear: bool = False  # whether several files could be the program, so that none was read

    @property
    def gradable(self) -> bool:
        """Whether there is something to grade, and no doubt about what that is."""
        return not self.unclear and (self.program is not None or self.answers is not None)

    @cached_property
    def digest(self) -> str:
        """Identifies all files in the program's working directory: sha256 (hex), '' without a program."""
        if self.program is None or not self.files:
            return self.program.digest if self.program else ""
        everything = hashlib.sha256(self.program.digest.encode())
        for name, content in sorted(self.files):
            everything.update(f"{name!r} {len(content)}\0".encode())  # repr: a name may not be valid UTF-8
            everything.update(content)
        return everything.hexdigest()
