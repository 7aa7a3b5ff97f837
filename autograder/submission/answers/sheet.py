"""Collects the answers while a file is read, and notes what was unusual about it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.submission.answers.arithmetic import evaluate
from autograder.submission.answers.nested import elements, is_list, read_list, without_comments
from autograder.submission.answers.tidy import bare
from autograder.submission.answers.tokens import ArithmeticProblem
from autograder.submission.model import Answer, Answers, PartUnreadable
from autograder.text import list_names, plural, printable

_BLANK = frozenset({"", "~", "?", "-", "...", "…", "null", "none", "todo"})
_MAX_NOTES = 8


@dataclass(frozen=True)
class AnswerLine:
    """One line of a section."""

    key: str  # before the colon
    text: str  # after the colon
    line: int  # its number, from 1
    problem: str | None = None  # a mistake that makes it unreadable
    slip: str = ""  # a mistake that does not


class AnswerSheet:
    """The answers of one file, while it is read."""

    def __init__(self, name: str, *, arrays: bool = False) -> None:
        """Begin a sheet. arrays: whether an answer may be a vector or a matrix."""
        self._name = name
        self._arrays = arrays
        self._sections: dict[str, dict[str, Answer]] = {}
        self._notes: list[str] = []
        self._strays: list[tuple[int, str]] = []
        self._slips: dict[str, list[str]] = {}  # line numbers by mistake

    def note(self, sentence: str) -> None:
        """Note something that was accepted although it is not as asked."""
        self._notes.append(sentence)

    def stray(self, line: int, text: str) -> None:
        """Note a line that is not in a section, or that is not understood."""
        self._strays.append((line, printable(text.strip(), 40)))

    def add(self, section: str, entries: Iterable[AnswerLine]) -> None:
        """Add a section with its entries. If a section appears twice, the last one replaces the first."""
        known = _plain(section)
        if known in self._sections:
            self.note(f"{self._name} has the section {printable(known, 40)} twice; the last one was read.")
        answers: dict[str, Answer] = {}
        for entry in entries:
            key = _plain(entry.key)
            if key in answers:
                self.note(f"Line {entry.line}: {printable(key, 40)} appears twice; the last one was read.")
            if entry.slip:
                self._slips.setdefault(entry.slip, []).append(str(entry.line))
            answers[key] = self._answer(entry)
        self._sections[known] = answers

    def answers(self) -> Answers:
        """All answers. Raises PartUnreadable if the file has text but no answers."""
        strays = [f"line {line}, '{text}'" for line, text in self._strays]
        if strays and not any(self._sections.values()):
            raise PartUnreadable(
                f"{self._name} has no answers inside a section ({strays[0]}); "
                "put them under a line such as 'task1:', each indented by two spaces."
            )
        if not self._sections:
            self.note(f"{self._name} is empty.")
        if strays:
            self.note(f"Not read, because it is not in a section of {self._name}: {'; '.join(strays[:3])}.")
        for slip, lines in self._slips.items():
            self.note(f"Line {list_names(lines)}: {slip} It was read anyway.")
        notes = self._notes[:_MAX_NOTES]
        if len(self._notes) > _MAX_NOTES:
            notes.append(f"Not shown: {plural(len(self._notes) - _MAX_NOTES, 'more note')} on {self._name}.")
        return Answers(self._name, self._sections, tuple(notes))

    def _answer(self, entry: AnswerLine) -> Answer:
        text = entry.text.strip()
        shown = printable(text)
        if entry.problem is not None:
            return Answer(shown, None, f"Line {entry.line}: {entry.problem}")
        if text.lower() in _BLANK:
            return Answer("", None, None)
        if self._arrays and (found := _list_answer(text, entry.line)):
            return found
        try:
            return Answer(shown, evaluate(text), None)
        except ArithmeticProblem as problem:
            if (value := _as_people_read(text)) is None:
                return Answer(shown, None, f"Line {entry.line}: {problem}")
        self.note(f"Line {entry.line}: '{printable(text, 40)}' was read as {value:.6g}.")
        return Answer(shown, value, None)


def _list_answer(text: str, line: int) -> Answer | None:
    """The answer, if it is a vector or a matrix, or is meant as one; None if it is a number, or nothing like it."""
    listed = is_list(text)
    if not listed:
        try:
            evaluate(text)
            return None
        except ArithmeticProblem:
            pass  # "1 2; 3 4" is a list as well
    shown = printable(" ".join(without_comments(text).split()))
    try:
        rows = read_list(text)
    except ArithmeticProblem as problem:
        remark = not text.startswith("[") and _as_people_read(text) is not None  # "2 [from step 1]"
        return Answer(shown, None, f"Line {line}: {problem}") if listed and not remark else None
    if not listed and len(rows) == 1:
        return None
    return Answer("", None, None) if all(map(math.isnan, elements(rows))) else Answer(shown, rows, None)


def _as_people_read(text: str) -> float | None:
    """The value without quotes, remarks and the like; None if it still cannot be read."""
    try:
        return evaluate(bare(text))
    except ArithmeticProblem:
        return None


def _plain(name: str) -> str:
    """A key or section in the form in which it is looked up: lower case, without surrounding spaces, printable."""
    return printable(name.strip().lower())
