"""Write grades.csv. Column order as in Gradescope's own file: name, SID, email, total, then every check."""

from collections.abc import Iterable, Iterator

from autograder import roster
from autograder.classroom.store import SubmissionRecord, review_reasons
from autograder.roster import defused
from autograder.rubric import Lab
from autograder.text import clean

LONGEST = 1000  # characters of a cell; the longest text is the reason why a submission could not be graded


def to_csv(lab: Lab, records: Iterable[SubmissionRecord]) -> str:
    """The text of grades.csv: one line per submission and group member. Equal records give equal text."""
    return roster.table(_rows(lab, records), "\r\n")  # RFC 4180


def _rows(lab: Lab, records: Iterable[SubmissionRecord]) -> Iterator[list[str]]:
    checks = [check for check in lab.rubric.checks if check.worth]
    heads = ["Name", "SID", "Email", "Total Score", "Max Points", "Status", "Submission ID", "Submission Time"]
    yield [*heads, *(f"{check.number}: {check.name} ({check.points:g})" for check in checks)]
    for record in records:
        points = {graded.number: graded.outcome.points for graded in record.report.checks} if record.report else {}
        status = f"{'' if record.report else 'Not graded: '}{record.problem}" if record.problem else "Graded"
        by_hand = record.report.overrides if record.report else ()
        status = "; ".join((status, *review_reasons(lab, record), *by_hand))
        created = record.created.isoformat(sep=" ") if record.created else ""
        rest = [f"{record.points:g}", f"{lab.rubric.points:g}", status, record.id, created]
        each = ["" if record.report and not points else f"{points.get(check.number, 0):g}" for check in checks]
        for who in [(person.name, person.sid, person.email) for person in record.people] or [("", "", "")]:
            yield [*(defused(clean(cell, LONGEST)) for cell in (*who, *rest)), *each]
