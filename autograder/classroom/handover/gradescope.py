"""A file for Gradescope: its roster's columns, then those of its own file of grades.

Gradescope has no import of grades: those of a programming assignment come from results.json. Its roster imports this
file (Roster, Add Students or Staff): each column has a heading, and everybody has an email of their own. Source:
Gradescope's guide "Adding Students and Staff", https://guides.gradescope.com/hc/en-us/articles/21926598776333. The
other columns are those of Gradescope's "Download Grades", for whatever reads that file.
"""

from collections import Counter

from autograder.classroom.handover.cells import COULD_BE_FORMULA, identifying_cell, number_cell, text_cell
from autograder.classroom.handover.gradebook import NOTHING, Gradebook, GradebookRow
from autograder.roster import identity, to_csv

HEAD = ("Name", "SID", "Email", "Total Score", "Max Points", "Status", "Submission ID")


def render(book: Gradebook) -> tuple[str, list[str]]:
    """The file, and what the instructor has to know about it."""
    many = Counter(identity(row.email) for row in book.rows)
    heads = [*HEAD, *(text_cell(f"{number}: {name} ({points:g})") for number, name, points in book.checks)]
    alone = [row for row in book.rows if many[identity(row.email)] == 1 and identity(row.email)]
    rows = [_row(book, row) for row in alone if identifying_cell(row.email)]
    left_out = [str(row) for row in book.rows if many[identity(row.email)] > 1 or not identity(row.email)]
    unsafe = [str(row) for row in alone if not identifying_cell(row.email)]
    remarks = [f"left out, because everybody on Gradescope has an email: {'; '.join(left_out)}"] if left_out else []
    remarks += [f"left out, because their email {COULD_BE_FORMULA}: {'; '.join(unsafe)}"] if unsafe else []
    return to_csv([heads, *rows], "\r\n"), remarks


def _row(book: Gradebook, row: GradebookRow) -> list[str]:
    status = "Graded" if row.total is not None else "Missing" if row.status == NOTHING else "Ungraded"
    return [
        text_cell(row.name),
        *(identifying_cell(each) or text_cell(each) for each in (row.sid, row.email)),
        *(number_cell(row.total), number_cell(book.out_of), status, text_cell(row.submission)),
        *(number_cell(row.checks.get(number)) for number, _, _ in book.checks),
    ]
