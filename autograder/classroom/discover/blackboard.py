"""Blackboard Learn: "Assignment File Download", a zip of files in one folder.

    Lab 4_alovelace_attempt_2026-11-02-09-12-33_Lab4.py      assignment, user name, time of the attempt, file
    Lab 4_alovelace_attempt_2026-11-02-09-12-33.txt          Blackboard's own receipt of this attempt

Source: kwurst/bb-file-cleanup (README: "assignmentname_username_attempt_datetime_filename.ext", and a text file for
each student), and Blackboard's help "Download assignments"; the time's form is well-known behavior. Assignment and user
name may both contain "_", so all before "_attempt_" tells submitters apart. The first "_attempt_" with a time is
Blackboard's; what follows is chosen by the student.
"""

import re
from datetime import datetime
from pathlib import Path

from autograder.classroom.discover.naming import Named, is_plain
from autograder.submission import safe_open

NAME = "Blackboard"
FORM = re.compile(r"(?P<owner>.+?_.+?)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)", re.DOTALL)
RECEIPT = "receipt.txt"
NAME_LINE = re.compile(rb"^Name: ?(.{1,200}?)(?: \([^()]*\))?\r?$", re.MULTILINE)  # the first line of a receipt


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
