"""Finds, reads and parses what a student submitted. Nothing here runs it or knows about grading."""

from autograder.submission.answers.arithmetic import evaluate
from autograder.submission.answers.tokens import ArithmeticProblem
from autograder.submission.file_set import FileSet
from autograder.submission.model import Answer, Answers, NotFound, Program, Submission, Unreadable
from autograder.submission.read_files import read_files
from autograder.submission.read_submission import read

__all__ = [
    "Answer",
    "Answers",
    "ArithmeticProblem",
    "FileSet",
    "NotFound",
    "Program",
    "Submission",
    "Unreadable",
    "evaluate",
    "read",
    "read_files",
]
