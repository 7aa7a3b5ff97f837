"""Gradescope: "Export Submissions", a folder for each active submission beside submission_metadata.yml.

    assignment_1234567_export/submission_metadata.yml       who submitted what and when, all attempts
    assignment_1234567_export/submission_11/Lab4.py         the files of one submission

Source: real exports; `autograder.gradescope.export` reads the metadata.
"""

from pathlib import Path

from autograder.classroom.discover.model import NO_FOLDER, Absent, ClassSubmission, Intake, LeftAside
from autograder.classroom.discover.naming import junk_or
from autograder.gradescope import export

NAME = "Gradescope"


def read(folder: Path) -> Intake:
    """Read an unpacked export. Raises FileError if the metadata is not YAML."""
    found, absent = [], []
    for one in export.read(folder):
        if one.present:
            found.append(
                ClassSubmission(
                    *(one.folder, folder / one.folder, one.people, one.attempts), sources=(one.folder,), platform=NAME
                )
            )
        else:
            absent.append(Absent(NO_FOLDER, one.people, one.folder))
    known = {each.id for each in found} | {export.METADATA}
    others = sorted(path.name for path in folder.iterdir() if path.name not in known)
    aside = [LeftAside(name, junk_or(name, "it is no part of Gradescope's export")) for name in others]
    return Intake(tuple(found), tuple(absent), (LeftAside(export.METADATA, "read as the export's metadata"), *aside))
