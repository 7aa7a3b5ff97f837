"""Reads vectors and matrices as students write them, for labs that ask for some.

list    = "[" [ element { "," element } ] "]"        also in ( ), and without commas where the elements are clear
matrix  = list of lists, or rows with ";" between them: "[1, 2; 3, 4]", "1 2; 3 4"
element = list, or arithmetic as in `arithmetic`; nan stands for one that is left blank

What NumPy and PyTorch print is read too: "tensor([[1., 2.], [3., 4.]])", "[[1. 2.] [3. 4.]]".
"""

import math
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from autograder.submission.answers.arithmetic import evaluate
from autograder.submission.answers.tidy import bare
from autograder.submission.answers.tokens import ArithmeticProblem, plain_spelling
from autograder.submission.model import Rows

MAX_AXES = 4
MAX_ELEMENTS = 1000  # of one answer: far more than anybody computes on paper
MAX_TEXT = 10_000  # characters of one answer
BLANK = frozenset({"", "~", "?", "-", "_", "...", "…", "null", "none", "nan", "todo"})

_OPENING, _CLOSING = "[(", "])"
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*")
_NAME_BEFORE = re.compile(r"^[^\[(=~]*(?::?==?|~)\s*(?=\S)")
_PRINTED = re.compile(r"^(?:\w+\.)*(?:tensor|Tensor|array|matrix)\s*\(")
_KEYWORD = re.compile(r"\s*\w+\s*=")
_TRANSPOSED = re.compile(r"(?<=[\])])\s*(?:\^\s*\{?\s*(?:T|\\top|⊤)\s*\}?|ᵀ|\.T|\.t\(\)|')$")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[a-z]*(?:matrix|array)\*?\}")
# Signs that join what is on both sides: "2 * 3" and "1 - 2", but not "1 -2", which is two elements without a comma.
_JOINING = re.compile(r" ?([*/^]) ?| ([+-]) ")


def is_list(text: str) -> bool:
    """Whether a text is meant as a list: it has digits after a square bracket, or all of it is one pair of round
    brackets with a comma in it."""
    text = text.strip()
    if any(character.isdigit() for character in text.partition("[")[2]):
        return True
    return _enclosed(text) and len(_split(text[1:-1], ",")) > 1


def without_comments(text: str) -> str:
    """A list, perhaps on several lines, without the comments in it."""
    return _COMMENT.sub("", text)


def read_list(text: str) -> Rows:
    """The nested numbers of a text. Raises ArithmeticProblem, with one sentence for the student."""
    if len(text) > MAX_TEXT:
        raise ArithmeticProblem(f"It is longer than {MAX_TEXT} characters; write the numbers only.")
    text = _ENVIRONMENT.sub(" ", plain_spelling(without_comments(text))).strip().strip("$")
    text = _NAME_BEFORE.sub("", text.replace("&", ",").replace("\\\\", ";").strip()).strip()
    if transposed := _TRANSPOSED.search(text):
        text = text[: transposed.start()]
    if (printed := _PRINTED.match(text)) and text.endswith(")"):
        parts = _split(text[printed.end() : -1], ",")
        text = ",".join(part for part in parts if not _KEYWORD.match(part)).strip()  # without dtype and grad_fn
    for opening, closing in zip(_OPENING, _CLOSING, strict=True):
        if text.count(opening) != text.count(closing):
            missing = closing if text.count(opening) > text.count(closing) else opening
            raise ArithmeticProblem(f"A bracket {missing} is missing.")
    rows = _Reader().rows(_without_brackets(text), 1)
    if _shape(rows) is None:
        raise ArithmeticProblem("Its rows are not equally long; write a number for every element.")
    return _turned(rows) if transposed else rows


def elements(rows: Rows) -> Iterator[float]:
    """The numbers in nested rows, in order."""
    for each in rows:
        if isinstance(each, tuple):
            yield from elements(each)
        else:
            yield each


class _Reader:
    """Reads one list and counts its elements."""

    def __init__(self) -> None:
        self._count = 0

    def rows(self, text: str, depth: int) -> Rows:
        """The elements of a list, of the text between its brackets."""
        if depth > MAX_AXES:
            raise ArithmeticProblem(f"Brackets are nested more than {MAX_AXES} times; write a list of rows.")
        lines = _split(text, ";")
        if len(lines) > 1:
            filled = lines if lines[-1].strip() else lines[:-1]
            return tuple(self.rows(_without_brackets(line.strip()), depth + 1) for line in filled)
        parts = _split(text, ",")
        if len(parts) > 1 and not parts[-1].strip() and sum(bool(part.strip()) for part in parts) == len(parts) - 1 > 1:
            parts.pop()  # the comma after the last element that Python allows
        if len(parts) > 1:
            return tuple(self._element(part.strip(), depth) for part in parts)
        pieces = _pieces(text)
        return tuple(self._element(piece, depth) for piece in pieces or [""])

    def _element(self, text: str, depth: int) -> float | Rows:
        if _enclosed(text) and (text[0] == "[" or len(_split(text[1:-1], ",")) > 1):
            return self.rows(_without_brackets(text), depth + 1)
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise ArithmeticProblem(f"It has more than {MAX_ELEMENTS} elements.")
        if text.lower() in BLANK:
            return math.nan
        for reading in (lambda: evaluate(text), lambda: evaluate(bare(text))):
            if (value := _tried(reading)) is not None:
                return value
        if _enclosed(text) or len(_pieces(text)) > 1:  # a row in round brackets, or "1 2" in "[1 2, 3 4]"
            return self.rows(_without_brackets(text), depth + 1)
        return evaluate(text)  # says what is wrong


def _tried(reading: Callable[[], float]) -> float | None:
    try:
        return reading()
    except ArithmeticProblem:
        return None


def _split(text: str, sign: str) -> list[str]:
    """The parts between the signs that are in no brackets and no quotes."""
    cuts, depth, quoted = [-1], 0, False
    for position, character in enumerate(text):
        quoted ^= character == '"'
        depth += (character in _OPENING) - (character in _CLOSING)
        if character == sign and depth == 0 and not quoted:
            cuts.append(position)
    return [text[start + 1 : end] for start, end in pairwise([*cuts, len(text)])]


def _pieces(text: str) -> list[str]:
    """The elements of a row without commas: "1 -2 1/3" has three, "1 - 2" has one, "[1 2][3 4]" has two."""
    text = _JOINING.sub(lambda sign: sign[1] or sign[2], " ".join(text.split())).replace("][", "] [")
    return [piece for piece in _split(text, " ") if piece]


def _enclosed(text: str) -> bool:
    """Whether one pair of brackets is around all of a text."""
    if len(text) < 2 or text[0] not in _OPENING or text[-1] != _CLOSING[_OPENING.index(text[0])]:
        return False
    depth = 0
    for position, character in enumerate(text):
        depth += (character in _OPENING) - (character in _CLOSING)
        if depth == 0:
            return position == len(text) - 1
    return False


def _without_brackets(text: str) -> str:
    """A text without the brackets around all of it."""
    return text[1:-1] if _enclosed(text) else text


def _shape(rows: float | Rows) -> tuple[int, ...] | None:
    """The shape of nested rows; None if they are not equally long."""
    if not isinstance(rows, tuple):
        return ()
    shapes = {_shape(row) for row in rows}
    inner = shapes.pop() if len(shapes) == 1 else None
    return None if inner is None else (len(rows), *inner)


def _turned(rows: Rows) -> Rows:
    """A matrix transposed; a vector as a column."""
    columns = [row if isinstance(row, tuple) else (row,) for row in rows]
    return tuple(zip(*columns, strict=True)) if isinstance(rows[0], tuple) else tuple(columns)
