"""What a student handed in: found, read and parsed; nothing here runs it or knows of grading."""

from .arithmetic import evaluate
from .gather import gather
from .handed import Handed
from .model import Answer, Answers, NotFound, Program, Submission, Unreadable
from .reading import read
from .tokens import ArithmeticProblem

__all__ = [
    "Answer",
    "Answers",
    "ArithmeticProblem",
    "Handed",
    "NotFound",
    "Program",
    "Submission",
    "Unreadable",
    "evaluate",
    "gather",
    "read",
]
