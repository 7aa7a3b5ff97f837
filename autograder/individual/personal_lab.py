"""Choose the student whose individual inputs a submission is graded with."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.checks import paper
from autograder.checks.context import GradingContext
from autograder.individual.course import ROSTER, Course
from autograder.mistakes.for_lab import Mistakes
from autograder.roster import Person, Student
from autograder.rubric import Lab, PaperCheck
from autograder.submission import Submission

NOBODY = (
    "it is unknown who submitted this, because there is neither an email nor a SID: it was graded with the inputs in "
    "rubric.yaml instead of the student's own"
)
GROUP = (
    "Your paper answers were compared with the numbers of one member of your group: the member whose numbers they fit "
    "best."
)


@dataclass(frozen=True)
class PersonalLab:
    """The lab with the inputs that a submission is graded with."""

    lab: Lab
    mistakes: Mistakes  # that are possible in it
    whose: Student | None = None  # the student whose inputs these are; None for the rubric's own
    members: Sequence[Student] = ()  # all who submitted
    told: str = ""  # a sentence for the students
    warnings: tuple[str, ...] = ()  # for the instructor


def sheet(course: Course, people: Sequence[Person], submission: Submission) -> PersonalLab:
    """The lab of whoever submitted; for a group, that of the member for whom most paper answers are right.

    Args:
        course: the course.
        people: who submitted.
        submission: the submission.

    Raises FileError if a student's inputs cannot be drawn.
    """
    members = [course.student(each.email, each.sid) for each in people if each.email or each.sid]
    if not members:
        return PersonalLab(course.lab, course.mistakes, warnings=(NOBODY,))
    sheets = [_of(course, member, members) for member in members]
    if len(sheets) == 1:
        return sheets[0]
    return max(sheets, key=lambda each: _points(each, submission))  # the first one with the highest points


def _of(course: Course, whose: Student, members: Sequence[Student]) -> PersonalLab:
    lab = course.lab_of(whose)
    new = [str(member) for member in members if course.roster.students and member not in course.roster.students]
    warnings = (f"not in {ROSTER}: {', '.join(new)}",) if new else ()
    return PersonalLab(lab, course.mistakes_of(lab), whose, members, GROUP if len(members) > 1 else "", warnings)


def _points(sheet: PersonalLab, submission: Submission) -> float:
    """What the paper answers earn with these inputs."""
    context = GradingContext(sheet.lab, submission, sheet.mistakes)
    checks = (check for check in sheet.lab.rubric.checks if isinstance(check, PaperCheck))
    return math.fsum(paper.grade(check, context).points for check in checks)
