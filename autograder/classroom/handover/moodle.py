"""The file that Moodle's gradebook imports (Grades, Import, CSV file), and the zip of feedback files for an assignment.

Sources, in github.com/moodle/moodle: grade/import/csv/classes/load_data.php, mod/assign/feedback/file/importziplib.php.

- One column identifies the user; it may not be blank, because Moodle then takes the row for the user of the row before.
  For PHP's `empty`, which decides that, "0" is blank too. One user that Moodle does not know ends the whole import.
- "-" is no grade. A blank cell would become 0 in a new grade item. By default no grade may be above 100.
- A feedback file lies in a folder "Full name_PARTICIPANT_assignsubmission_file_", as in Moodle's download of all
  submissions, where a name has no underscore. The last underscore was added until Moodle 4.0, and all versions take it.
"""

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

from autograder.classroom import store
from autograder.classroom.discover.moodle import NAME
from autograder.classroom.handover.cells import COULD_BE_FORMULA, identifying_cell, number_cell, text_cell
from autograder.classroom.handover.gradebook import Gradebook, GradebookRow, NoGrades
from autograder.roster import identity, to_csv

NO_GRADE = "-"
BLANK = ("", "0")  # ID numbers that Moodle takes for none
MOST = 100  # points; Moodle refuses a file with more unless the site allows it
SUBMISSION = re.compile(r"(?P<name>.*?)_(?P<participant>\d+)(_assignsubmission_.*)?", re.DOTALL)
ALWAYS = (2000, 1, 1, 0, 0, 0)  # the time of every file, so that equal feedback is an equal zip


def render(book: Gradebook, assignment: str) -> tuple[str, list[str]]:
    """The file, and what the instructor has to know about it. Raises NoGrades if nobody can be identified."""
    emails, sids = [_key(row.email) for row in book.rows], [_key(row.sid) for row in book.rows]
    by_email = len(set(emails) - {""}) >= len(set(sids) - {""})
    keys, heading = (emails, "Email address") if by_email else (sids, "ID number")
    rows = [[heading, "Full name", text_cell(assignment), "Feedback comments"]]
    left_out, unsafe, many = list[str](), list[str](), Counter(keys)
    for row, key in zip(book.rows, keys, strict=True):
        found = identifying_cell(row.email if by_email else row.sid)
        if found is None:
            unsafe.append(str(row))
        elif not key or many[key] > 1:
            left_out.append(str(row))
        else:
            rows.append([found, text_cell(row.name), number_cell(row.total, NO_GRADE), text_cell(row.feedback)])
    if len(rows) == 1:
        raise NoGrades("nobody has an email or a student ID, by which Moodle knows people; give a list with --roster")
    remarks = [f"left out, because their {heading.lower()} is not known: {'; '.join(left_out)}"] if left_out else []
    if unsafe:
        remarks.append(f"left out, because their {heading.lower()} {COULD_BE_FORMULA}: {'; '.join(unsafe)}")
    if high := [str(row) for row in book.rows if (row.total or 0) > MOST]:
        remarks.append(f"above {MOST} points, which Moodle takes only where the site allows it: {'; '.join(high)}")
    return to_csv(rows, "\r\n"), remarks


def _key(text: str) -> str:
    """An email or an ID for comparing; "" if Moodle would not find somebody by it."""
    key = identity(text)
    return "" if key in BLANK or identifying_cell(text) is None else key


def feedback_zip(folder: Path, book: Gradebook) -> tuple[bytes, list[str]]:
    """The zip, and what the instructor has to know about it.

    Args:
        folder: of the class.
        book: its grades.

    Raises NoGrades if no submission was downloaded from Moodle.
    """
    content, missing = io.BytesIO(), []
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in book.rows:
            page = store.files_of(folder, row.submission)[1]
            if not row.submission or not page.is_file():
                continue
            name = _file_name(row)
            if not name:
                missing.append(str(row))
                continue
            archive.writestr(zipfile.ZipInfo(name, ALWAYS), page.read_bytes(), zipfile.ZIP_DEFLATED)
        if not archive.namelist():
            raise NoGrades(f"{folder}: no submission is named as in Moodle's download; nothing can be returned to it")
    said = f"no feedback file, because the submission is not named as in Moodle's download: {'; '.join(missing)}"
    return content.getvalue(), [said] if missing else []


def files_in(zipped: bytes) -> int:
    """How many files a zip has."""
    return len(zipfile.ZipFile(io.BytesIO(zipped)).namelist())


def _file_name(row: GradebookRow) -> str:
    """The name in the zip; "" if Moodle's number of the participant is unknown."""
    found = SUBMISSION.fullmatch(row.submission) if row.platform == NAME else None
    if not found:
        return ""
    name = re.sub(r'[_/\\<>:"|?*\x00-\x1f]', " ", found["name"]).strip(" .~") or "student"
    return f"{name}_{found['participant']}_assignsubmission_file_/feedback.html"
