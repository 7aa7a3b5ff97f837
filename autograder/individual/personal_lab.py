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
    student: Student | None = None  # the one whose inputs these are; None for the rubric's own
    members: Sequence[Student] = ()  # all who submitted
    message: str = ""  # a sentence for the students
    warnings: tuple[str, ...] = ()  # for the instructor


def choose_lab(course: Course, people: Sequence[Person], submission: Submission) -> PersonalLab:
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
    labs = [_lab_of(course, member, members) for member in members]
    if len(labs) == 1:
        return labs[0]
    return max(labs, key=lambda each: _points(each, submission))  # the first one with the highest points


def _lab_of(course: Course, student: Student, members: Sequence[Student]) -> PersonalLab:
    lab = course.lab_of(student)
    new = [str(member) for member in members if course.roster.students and member not in course.roster.students]
    warnings = (f"not in {ROSTER}: {', '.join(new)}",) if new else ()
    return PersonalLab(lab, course.mistakes_of(lab), student, members, GROUP if len(members) > 1 else "", warnings)


def _points(personal: PersonalLab, submission: Submission) -> float:
    """What the paper answers earn with these inputs."""
    context = GradingContext(personal.lab, submission, personal.mistakes)
    checks = (check for check in personal.lab.rubric.checks if isinstance(check, PaperCheck))
    return math.fsum(paper.grade(check, context).points for check in checks)
