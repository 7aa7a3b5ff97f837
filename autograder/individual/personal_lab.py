"""Whose numbers a submission is marked with."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.checks import paper
from autograder.checks.context import GradingContext
from autograder.gradescope.metadata import Person
from autograder.individual.course import ROSTER, Course
from autograder.mistakes.for_lab import Mistakes
from autograder.roster import Student
from autograder.rubric import Lab, PaperCheck
from autograder.submission import Submission

NOBODY = (
    "nobody knows whose submission this is, because neither an email nor a SID is told: it was marked with the numbers "
    "of rubric.yaml instead of a student's own"
)
GROUP = "Your answers on paper were compared with the numbers of a member of your group: those that fit them best."


@dataclass(frozen=True)
class PersonalLab:
    """The lab with the numbers that a submission is marked with, and what can go wrong in it.

    whose: the student whose numbers these are, None for the rubric's own. members: all who handed in. told: a sentence
    for the students, "" for none. warnings: for the instructor.
    """

    lab: Lab
    mistakes: Mistakes
    whose: Student | None = None
    members: Sequence[Student] = ()
    told: str = ""
    warnings: tuple[str, ...] = ()


def sheet(course: Course, people: Sequence[Person], submission: Submission) -> PersonalLab:
    """The sheet of whoever handed in; of a group that member's by which most paper answers are right.

    Raises FileError where a student's numbers cannot be drawn.
    """
    members = [course.student(each.email, each.sid) for each in people if each.email or each.sid]
    if not members:
        return PersonalLab(course.lab, course.mistakes, warnings=(NOBODY,))
    sheets = [_of(course, member, members) for member in members]
    if len(sheets) == 1:
        return sheets[0]
    return max(sheets, key=lambda each: _points(each, submission))  # the first of those with the most


def _of(course: Course, whose: Student, members: Sequence[Student]) -> PersonalLab:
    lab = course.lab_of(whose)
    new = [str(member) for member in members if course.roster.students and member not in course.roster.students]
    warnings = (f"not in {ROSTER}: {', '.join(new)}",) if new else ()
    return PersonalLab(lab, course.mistakes_of(lab), whose, members, GROUP if len(members) > 1 else "", warnings)


def _points(sheet: PersonalLab, submission: Submission) -> float:
    """What the paper answers earn by this sheet."""
    context = GradingContext(sheet.lab, submission, sheet.mistakes)
    checks = (check for check in sheet.lab.rubric.checks if isinstance(check, PaperCheck))
    return math.fsum(paper.grade(check, context).points for check in checks)
