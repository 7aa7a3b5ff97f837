"""Collects answers as a reader of the file comes by them, and says what was odd about the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.submission.answers.arithmetic import evaluate
from autograder.submission.answers.tidy import bare
from autograder.submission.answers.tokens import ArithmeticProblem
from autograder.submission.model import Answer, Answers, PartUnreadable
from autograder.text import list_names, printable

_BLANK = frozenset({"", "~", "?", "-", "...", "…", "null", "none", "todo"})
_MAX_NOTES = 8


@dataclass(frozen=True)
class AnswerLine:
    """One line of a section: what stands before and after the colon, where, any slip that spoils it, and any that does
    not."""

    key: str
    text: str
    line: int
    problem: str | None = None
    slip: str = ""


class AnswerSheet:
    """The answers of one file in the making."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sections: dict[str, dict[str, Answer]] = {}
        self._notes: list[str] = []
        self._strays: list[tuple[int, str]] = []
        self._slips: dict[str, list[str]] = {}  # the lines of each

    def note(self, sentence: str) -> None:
        """Something that was read leniently."""
        self._notes.append(sentence)

    def stray(self, line: int, text: str) -> None:
        """Something that belongs to no section, or is not understood at all."""
        self._strays.append((line, printable(text.strip(), 40)))

    def add(self, section: str, entries: Iterable[AnswerLine]) -> None:
        """A section with its entries; one given again replaces the earlier one."""
        known = _plain(section)
        if known in self._sections:
            self.note(f"{self._name} has the section {printable(known, 40)} twice; the last one was read.")
        answers: dict[str, Answer] = {}
        for entry in entries:
            key = _plain(entry.key)
            if key in answers:
                self.note(f"Line {entry.line}: {printable(key, 40)} is given twice; the last one was read.")
            if entry.slip:
                self._slips.setdefault(entry.slip, []).append(str(entry.line))
            answers[key] = self._answer(entry)
        self._sections[known] = answers

    def answers(self) -> Answers:
        """All that was collected. Raises PartUnreadable where something was written, but no answer."""
        strays = [f"line {line}, '{text}'" for line, text in self._strays]
        if strays and not any(self._sections.values()):
            raise PartUnreadable(
                f"{self._name} has no answers inside a section ({strays[0]}); "
                "put them under a line such as 'task1:', each indented by two spaces."
            )
        if not self._sections:
            self.note(f"{self._name} is empty.")
        if strays:
            self.note(f"Not read, because it belongs to no section of {self._name}: {'; '.join(strays[:3])}.")
        for slip, lines in self._slips.items():
            self.note(f"Line {list_names(lines)}: {slip} It was read all the same.")
        notes = self._notes[:_MAX_NOTES]
        if len(self._notes) > _MAX_NOTES:
            notes.append(f"{len(self._notes) - _MAX_NOTES} more remarks on {self._name} are not shown.")
        return Answers(self._name, self._sections, tuple(notes))

    def _answer(self, entry: AnswerLine) -> Answer:
        text = entry.text.strip()
        shown = printable(text)
        if entry.problem is not None:
            return Answer(shown, None, f"Line {entry.line}: {entry.problem}")
        if text.lower() in _BLANK:
            return Answer("", None, None)
        try:
            return Answer(shown, evaluate(text), None)
        except ArithmeticProblem as problem:
            if (value := _as_people_read(text)) is None:
                return Answer(shown, None, f"Line {entry.line}: {problem}")
        self.note(f"Line {entry.line}: '{printable(text, 40)}' was read as {value:.6g}.")
        return Answer(shown, value, None)


def _as_people_read(text: str) -> float | None:
    """The value of what is left without quotes, remarks and the like; None where that cannot be read either."""
    try:
        return evaluate(bare(text))
    except ArithmeticProblem:
        return None


def _plain(name: str) -> str:
    """A key or section as it is looked up: lower case, no spaces around it, printable."""
    return printable(name.strip().lower())
