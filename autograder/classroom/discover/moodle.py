"""Moodle: "Download all submissions", with or without a folder for each participant.

    Ada Lovelace_111_assignsubmission_file/                  a folder, with "Download submissions in folders"
    Ada Lovelace_111_assignsubmission_file_/                 the same in older versions
    Ada Lovelace_111_assignsubmission_onlinetext/            what was typed, in onlinetext.html
    Ada Lovelace_111_assignsubmission_file_Lab4.py           without folders
    Participant_111_assignsubmission_file_Lab4.py            blind grading

Source: MoodleDocs, "Assignment settings", and the setting's own help (mod/assign/lang/en/assign.php,
`downloadasfolders_help`); the form of the names is well-known behavior ("First Last_participantId_assignsubmission_
file_" in many universities' guides). The number is the participant's in this assignment and no student number.

A name must not contain "_12345_" as Canvas's names do: what follows such a number there is chosen by the student.
"""

import re

from autograder.classroom.discover.naming import Named, is_plain

NAME = "Moodle"
FORM = re.compile(
    r"(?P<name>(?:(?!_\d+_).)+)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL
)
BLIND = "Participant"


def read(name: str, *, folder: bool) -> Named | None:
    """Take a file's or folder's name apart."""
    found = FORM.fullmatch(name)
    if not found or (is_plain(found["file"] or "") == folder):
        return None
    owner = f"{found['name']}_{found['number']}"
    called = f"{BLIND} {found['number']}" if found["name"] == BLIND else found["name"]
    typed = "text entry" if found["kind"] == "onlinetext" else ""
    return Named(owner, called, found["file"] or "", typed)
