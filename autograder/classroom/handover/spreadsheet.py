"""A plain table of grades, which Excel, LibreOffice and Numbers open as it is meant.

It is UTF-8 with the byte-order mark that Excel needs, every cell stands in quotes, and no cell is a formula.
"""

from autograder.classroom.handover.cells import BOM, number_cell, text_cell
from autograder.classroom.handover.gradebook import Gradebook
from autograder.roster import to_csv

HEAD = ("Name", "Email", "SID", "Total", "Max Points", "Status", "Submission")


def render(book: Gradebook) -> str:
    """The file."""
    heads = [*HEAD, *(text_cell(f"{number}: {name} ({points:g})") for number, name, points in book.checks)]
    rows = [
        [
            *(text_cell(each) for each in (row.name, row.email, row.sid)),
            *(number_cell(row.total), number_cell(book.out_of)),
            *(text_cell(each) for each in (row.status or "graded", row.submission)),
            *(number_cell(row.checks.get(number)) for number, _, _ in book.checks),
        ]
        for row in book.rows
    ]
    return BOM + to_csv([heads, *rows], "\r\n")
