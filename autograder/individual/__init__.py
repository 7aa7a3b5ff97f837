"""Published inputs of each student's own: how they are drawn, whose a submission has, and who has the same answers."""

from autograder.individual.course import ROSTER, Course, course, lab_of
from autograder.individual.table import individual_handouts

__all__ = ["ROSTER", "Course", "course", "individual_handouts", "lab_of"]
