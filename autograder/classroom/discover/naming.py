"""What a platform's rule for names tells about a file or folder."""

import dataclasses
from datetime import datetime
from typing import Protocol

from autograder.submission.file_set import is_junk


@dataclasses.dataclass(frozen=True)
class Named:
    """A name, taken apart."""

    owner: str  # the same for everything of one submitter in one assignment
    name: str  # what the platform calls the submitter
    file: str = ""  # what the student called the file; "" for a folder
    typed: str = ""  # "text entry" or "link": typed into the platform, so it is no file of the student
    late: bool = False
    when: datetime | None = None  # of the attempt, in the platform's local time; None if the name does not say


class Platform(Protocol):
    """A module with the rules of one platform."""

    NAME: str

    def read(self, name: str, *, folder: bool) -> Named | None:
        """Take the name of a file or folder apart; None if it does not follow the platform's rules."""


def is_plain(file: str) -> bool:
    """Whether a name can be a file's: neither empty nor only dots."""
    return bool(file.strip("."))


def junk_or(name: str, reason: str) -> str:
    """Why a file is left aside: an operating system or a tool made it, or this reason."""
    return "an operating system or a tool made it" if is_junk(name) else reason
