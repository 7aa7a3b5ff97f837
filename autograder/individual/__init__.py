"""Individual published inputs: draw them for each student, grade with them, and find matching answers."""

from autograder.individual.course import ROSTER, Course, course, lab_of, roster_file
from autograder.individual.table import individual_handouts

__all__ = ["ROSTER", "Course", "course", "individual_handouts", "lab_of", "roster_file"]
