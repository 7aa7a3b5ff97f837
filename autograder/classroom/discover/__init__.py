"""Find the submissions of a class, and say who is who: in a platform's download, or in any folder."""

from autograder.classroom.discover.find import intake
from autograder.classroom.discover.model import Absent, ClassSubmission, Intake, LeftAside, NoClass

__all__ = ["Absent", "ClassSubmission", "Intake", "LeftAside", "NoClass", "intake"]
