"""The file that Canvas's gradebook imports ("Import" in the Gradebook).

Source: Canvas's importer, lib/gradebook_importer.rb of github.com/instructure/canvas-lms. It wants a header that begins
with Student and ID, then SIS User ID, SIS Login ID and Section, and a row "Points Possible". It finds a student by ID,
else by SIS User ID, SIS Login ID or name. It tells commas from semicolons by the first three lines, so no cell may
contain a line break. A blank cell is no grade. A byte-order mark before a quotation mark is no valid CSV for it.
"""

import re

from autograder.classroom.handover.cells import COULD_BE_FORMULA, identifying_cell, number_cell, text_cell
from autograder.classroom.handover.gradebook import Gradebook, GradebookRow, NoGrades
from autograder.roster import to_csv

HEAD = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
SKIPPED = (  # the importer skips every column whose name contains one of these
    *("Current Score", "Current Points", "Current Grade", "Final Score", "Final Points", "Final Grade"),
    *("Override Score", "Override Grade", "Override Status"),
)


def render(book: Gradebook, assignment: str) -> str:
    """The file. Raises NoGrades if Canvas would not take the name for an assignment's."""
    name = text_cell(assignment)
    for word in (*(word for word in SKIPPED if word in name), *(word for word in HEAD if word == name)):
        raise NoGrades(f"Canvas takes a column {name!r} for its own {word!r}; give another name with --assignment")
    rows = [[*HEAD, name], ["    Points Possible", "", "", "", "", number_cell(book.out_of)]]
    return to_csv([*rows, *(_row(each) for each in book.rows if _found(each))], "\r\n")


def remarks(book: Gradebook, assignment: str) -> list[str]:
    """What the instructor has to know about the file."""
    left_out = [str(row) for row in book.rows if not _found(row)]
    said = [f"left out, because their ID or login {COULD_BE_FORMULA}: {'; '.join(left_out)}"] if left_out else []
    if not any(row.columns.get("ID") for row in book.rows):
        said.append("Canvas may not know these people: give the gradebook that it exports with --roster")
    headings = [heading for heading in (book.rows[0].columns if book.rows else ()) if heading not in HEAD]
    meant = [each for each in headings if re.fullmatch(rf"{re.escape(text_cell(assignment))} \(\d+\)", each)]
    if meant:
        said.append(f"Canvas makes a new assignment {assignment!r}; for the one that is there write {meant[0]!r}")
    return said


def _row(row: GradebookRow) -> list[str]:
    identifying = [identifying_cell(each) or "" for each in _identifying(row)]
    texts = [text_cell(each) for each in (row.name or str(row), row.columns.get("Section", ""))]
    return [texts[0], *identifying, texts[1], number_cell(row.total)]


def _identifying(row: GradebookRow) -> list[str]:
    """By what Canvas finds somebody: ID, SIS User ID and SIS Login ID."""
    known = {"ID": "", "SIS User ID": row.sid, "SIS Login ID": row.email, **row.columns}
    return [known[name] for name in HEAD[1:4]]


def _found(row: GradebookRow) -> bool:
    """Whether something is left by which Canvas finds somebody, if there was something: not every cell is safe."""
    given = [each for each in _identifying(row) if each]
    return not given or any(map(identifying_cell, given))
