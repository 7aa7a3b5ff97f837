"""Write grades.csv. Column order as in Gradescope's own file: name, SID, email, total, then every check; then ours."""

from collections.abc import Iterable, Iterator

from autograder import roster
from autograder.classroom.discover import LeftAside
from autograder.classroom.store import SubmissionRecord, review_reasons
from autograder.roster import escape_formulas
from autograder.rubric import Lab
from autograder.text import clean

LONGEST = 1000  # characters of a cell; the longest text is the reason why a submission could not be graded


def to_csv(lab: Lab, records: Iterable[SubmissionRecord]) -> str:
    """The text of grades.csv: one line per person, blank cells for what was not graded. Equal records give equal
    text."""
    return roster.to_csv(_rows(lab, records), "\r\n")  # RFC 4180


def left_aside(found: Iterable[LeftAside]) -> str:
    """The text of left_aside.csv: a line for each file or folder of the input that belongs to no submission."""
    rows = ([clean(each.path, LONGEST), clean(each.reason, LONGEST)] for each in found)
    return roster.to_csv((["File", "Reason"], *([escape_formulas(cell) for cell in row] for row in rows)), "\r\n")


def _rows(lab: Lab, records: Iterable[SubmissionRecord]) -> Iterator[list[str]]:
    checks = [check for check in lab.rubric.checks if check.worth]
    heads = ["Name", "SID", "Email", "Total Score", "Max Points", "Status", "Submission ID", "Submission Time"]
    yield [*heads, *(f"{check.number}: {check.name} ({check.points:g})" for check in checks), "Late"]
    for record in records:
        points = {graded.number: graded.outcome.points for graded in record.report.checks} if record.report else {}
        by_hand = record.report.overrides if record.report else ()
        status = "; ".join(filter(None, (record.status, record.note, *review_reasons(lab, record), *by_hand)))
        created = record.created.isoformat(sep=" ") if record.created else ""
        rest = [f"{record.points:g}" if record.graded else "", f"{lab.rubric.points:g}", status, record.id, created]
        each = [f"{points.get(check.number, 0):g}" if record.graded and points else "" for check in checks]
        for who in [(person.name, person.sid, person.email) for person in record.people] or [("", "", "")]:
            yield [*(escape_formulas(clean(cell, LONGEST)) for cell in (*who, *rest)), *each, record.late]
