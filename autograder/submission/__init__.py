"""What a student handed in: found, read and parsed; nothing here runs it or knows of grading."""

from autograder.submission.arithmetic import evaluate
from autograder.submission.gather import gather
from autograder.submission.handed import Handed
from autograder.submission.model import Answer, Answers, NotFound, Program, Submission, Unreadable
from autograder.submission.reading import read
from autograder.submission.tokens import ArithmeticProblem

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
