"""feedback.csv: whose feedback page is where, to send the pages by mail for example."""

from collections.abc import Iterable, Iterator

from autograder.classroom.handover.cells import identifying_cell, text_cell
from autograder.classroom.store import SubmissionRecord
from autograder.roster import Person, to_csv

HEAD = ("Email", "SID", "Name", "Page")


def noted(records: Iterable[SubmissionRecord], rows: list[list[str]]) -> Iterator[SubmissionRecord]:
    """Pass the records on. Meanwhile a row for each person with a page is added to `rows`; so a class is read once."""
    for record in records:
        if record.report:
            page = f"feedback/{record.id}.html"
            for person in record.people or (Person(record.id, "", ""),):
                known = [identifying_cell(each) or text_cell(each) for each in (person.email, person.sid)]
                rows.append([*known, text_cell(person.name), page])
        yield record


def render(rows: Iterable[list[str]]) -> str:
    """The file. A page's path is relative to the folder of the class."""
    return to_csv([HEAD, *rows], "\r\n")
