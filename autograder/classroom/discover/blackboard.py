"""Blackboard Learn: "Assignment File Download", a zip of files in one folder.

    Lab 4_alovelace_attempt_2026-11-02-09-12-33_Lab4.py      assignment, user name, time of the attempt, file
    Lab 4_alovelace_attempt_2026-11-02-09-12-33.txt          Blackboard's own receipt of this attempt

Source: kwurst/bb-file-cleanup (README: "assignmentname_username_attempt_datetime_filename.ext", and a text file for
each student), and Blackboard's help "Download assignments"; the time's form is well-known behavior. Assignment and user
name may both contain "_", so all before "_attempt_" tells submitters apart. The first "_attempt_" with a time is
Blackboard's; what follows is chosen by the student.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from autograder.classroom.discover.naming import Named, is_plain
from autograder.submission import safe_open

NAME = "Blackboard"
FORM = re.compile(r"(?P<owner>.+?_.+?)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)", re.DOTALL)
RECEIPT = "receipt.txt"
NAME_LINE = re.compile(rb"^Name: ?(.{1,200}?)(?: \([^()]*\))?\r?$", re.MULTILINE)  # the first line of a receipt


def users(owners: Sequence[str], is_known: Callable[[str], bool]) -> dict[str, str]:
    """The user name of each submitter: what follows the assignment's name, which all have in common.

    Both may contain "_". Where the end of the assignment's name is not clear, it is where the most users are known.

    Args:
        owners: what stands before "_attempt_", once for each submitter.
        is_known: whether a user name is on the class list.
    """
    if len(owners) < 2:
        return {owner: owner.rpartition("_")[2] for owner in owners}
    common = takewhile(lambda letters: len(set(letters)) == 1, zip(*owners, strict=False))
    ends = [at for at, letters in enumerate(common, 1) if letters[0] == "_"]
    end = max(ends, key=lambda at: (sum(is_known(owner[at:]) for owner in owners), at), default=0)
    return {owner: owner[end:] if end else owner.rpartition("_")[2] for owner in owners}


def name_in(receipt: Path) -> str:
    """The submitter's name, from Blackboard's receipt; "" if it does not say."""
    content = safe_open.content([str(receipt.parent.resolve()), receipt.name], 100_000)
    found = NAME_LINE.search(content[:2000]) if isinstance(content, bytes) else None
    return found[1].decode(errors="replace").strip() if found else ""


def read(name: str, *, folder: bool) -> Named | None:
    """Take a file's name apart; Blackboard makes no folders."""
    found = None if folder else FORM.fullmatch(name)
    if not found or not is_plain(found["file"] or RECEIPT):
        return None
    try:
        when = datetime.strptime(found["when"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
    typed = "" if found["file"] else "text entry"
    return Named(found["owner"], found["owner"].rpartition("_")[2], found["file"] or RECEIPT, typed, when=when)
