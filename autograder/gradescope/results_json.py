"""results.json, the file in which Gradescope finds a grade: one model, for writing it and for reading it.

Format: Gradescope's documentation, "Autograder specifications",
https://gradescope-autograders.readthedocs.io/en/latest/specs/. Unknown keys are ignored, there and here. The fields of
a struct are in the order in which they are written; None means that the file does not have the key.
"""

import json
from pathlib import Path
from typing import Any, Literal, NoReturn

import msgspec

from autograder.rubric import Visibility
from autograder.yaml_config import Document, FileError, convert, read_text

Format = Literal["text", "html", "simple_format", "md", "ansi"]
View = Literal["before", "after", "published", "instructor"]
OUT_OF = "out_of"  # in extra_data: the maximum of the total, if the tests do not add up to it
VIEWS: dict[View, str] = {
    "before": "Student, before the due date",
    "after": "Student, after the due date",
    "published": "Student, after publication",
    "instructor": "Instructor",
}
SEEN_IN: dict[Visibility, tuple[View, ...]] = {
    "visible": ("before", "after", "published", "instructor"),
    "after_due_date": ("after", "published", "instructor"),
    "after_published": ("published", "instructor"),
    "hidden": ("instructor",),
}


class TestEntry(msgspec.Struct, frozen=True):
    """An entry of `tests`."""

    name: str = ""
    number: str | int | float | None = None
    score: float | None = None
    max_score: float | None = None
    status: Literal["passed", "failed"] | None = None
    output: str = ""
    visibility: Visibility | None = None
    tags: tuple[str, ...] | None = None
    name_format: Format | None = None
    output_format: Format | None = None
    extra_data: dict[str, Any] | None = None

    @property
    def state(self) -> Literal["passed", "failed"] | None:
        """The status if there is one, else by the points; None if neither says it."""
        if self.status or self.score is None or self.max_score is None:
            return self.status
        return "passed" if self.score >= self.max_score else "failed"


class Column(msgspec.Struct, frozen=True):
    """An entry of `leaderboard`."""

    name: str
    value: float | str
    order: Literal["asc", "desc"] = "desc"


class Results(msgspec.Struct, frozen=True):
    """The whole file."""

    score: float | None = None
    output: str = ""
    output_format: Format = "simple_format"
    test_output_format: Format | None = None
    test_name_format: Format | None = None
    stdout_visibility: Visibility = "hidden"
    extra_data: dict[str, Any] | None = None  # for the instructor; students do not see it
    execution_time: float | str | None = None  # seconds; gradescope-utils writes a string
    leaderboard: tuple[Column, ...] | None = None
    visibility: Visibility | None = None
    tests: tuple[TestEntry, ...] = ()

    def numbered(self) -> list[tuple[str, TestEntry]]:
        """The tests with the numbers that are shown, in the order of these numbers."""
        places = enumerate(self.tests, 1)
        numbered = [(str(place if test.number is None else test.number), test) for place, test in places]
        return sorted(numbered, key=lambda pair: _order(pair[0]))

    def visibility_of(self, test: TestEntry) -> Visibility:
        """Who sees a test: what the test says, else what the file says for all, else everybody."""
        return test.visibility or self.visibility or "visible"

    def seen_in(self, test: TestEntry) -> tuple[View, ...]:
        """The views in which a test is shown."""
        return SEEN_IN[self.visibility_of(test)]

    def total(self, view: View) -> tuple[float, float | None] | None:
        """The points and, if tests have maximum scores, the maximum; None in a view where a hidden test hides both."""
        if any(view not in self.seen_in(test) for test in self.tests):
            return None
        points = sum(test.score or 0.0 for test in self.tests) if self.score is None else self.score
        most = (self.extra_data or {}).get(OUT_OF)  # if the points are scaled up
        return points, float(most) if isinstance(most, (int, float)) else self._sum_of_maxima()

    def _sum_of_maxima(self) -> float | None:
        return sum(test.max_score or 0.0 for test in self.tests) or None


def encode(results: Results) -> str:
    """The file's content: ASCII, without the keys that are None. Raises ValueError for a number that is not finite."""
    return json.dumps(results, default=_given, allow_nan=False) + "\n"  # not indented: that takes ten times as long


def _given(struct: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(struct).items() if value is not None}


def read(path: Path) -> Results:
    """Read the file at `path`. Raises FileError for what Gradescope would refuse."""
    try:
        data = json.loads(read_text(path), parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise FileError(f"{path}, line {error.lineno}: this is not valid JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path}: this is not valid JSON: {error}") from None
    document = Document(path, data, {})
    results = convert(document, Results)
    if results.score is None and all(test.score is None for test in results.tests):
        raise document.error(("score",), "neither the whole nor any of the tests has a score; add one")
    return results


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number there; write one, or null")


def _order(number: str) -> list[tuple[int, str]]:
    """A sort key by which 1.10 follows 1.9."""
    return [(int(part), "") if part.isdecimal() and len(part) < 10 else (10**9, part) for part in number.split(".")]
