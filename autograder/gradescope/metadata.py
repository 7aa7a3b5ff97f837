"""Read submission_metadata.json: who submitted, when, and the scores of the previous attempt.

The format is Gradescope's ("Submission metadata" in its documentation) and may change. Grading never depends on it: a
value that is missing, has another type or cannot be read counts as unknown, and nothing here raises.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder import limited
from autograder.roster import Person, email_or_sid, strip_invisible
from autograder.text import clean, fit

LARGEST = 32 << 20  # bytes; the file contains a results.json of ours, which is far below 1 MB
SMALL = 1 << 20  # bytes; such a file is parsed in this process, a larger one in a limited process
MOST_PEOPLE = 20
LONGEST_EMAIL = 254  # RFC 5321


@dataclass(frozen=True)
class Earlier:
    """A check of the previous attempt that the student has seen. 0 <= score <= out_of."""

    number: str
    score: float
    out_of: float


@dataclass(frozen=True)
class Metadata:
    """What Gradescope says about a submission. Unknown values are None or empty; times have an offset."""

    people: tuple[Person, ...] = ()
    created: datetime | None = None
    due: datetime | None = None  # with the extension of whoever submitted
    late_due: datetime | None = None  # the same
    attempt: int | None = None  # 1 for the first; attempts at which the platform or the grader failed do not count
    earlier: tuple[Earlier, ...] = ()
    output: str = ""  # the previous attempt's text for the whole submission

    def __str__(self) -> str:
        """One line for the instructor: who, attempt number, when, and whether that was in time."""
        who = ", ".join(map(str, self.people))
        attempt = f"attempt {self.attempt}" if self.attempt else ""
        when = f"{self.created:%Y-%m-%d %H:%M}" if self.created else ""
        return ", ".join(part for part in (who, attempt, when, self._lateness()) if part)

    def _lateness(self) -> str:
        if not (self.created and self.due):
            return ""
        if self.created <= self.due:
            return "before the due date"
        in_late_time = self.late_due is not None and self.created <= self.late_due
        return "after the due date" + (", before the late due date" if in_late_time else "")


def from_student(who: str) -> Metadata:
    """The metadata of a submission that somebody grades by hand for `who`, an email or a SID; "" means unknown."""
    return Metadata((Person("", *email_or_sid(who)),)) if who.strip() else Metadata()


def read(path: Path) -> Metadata:
    """Read the file at `path`. If it cannot be read, everything is unknown."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            return Metadata()
        return _parse(content) if len(content) <= SMALL else limited.run(Metadata, _parse, content)
    except (OSError, limited.TooMuch):
        return Metadata()


def _parse(content: bytes) -> Metadata:
    """Parse the content of the file."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):  # not JSON, not UTF-8, or a number with many thousand digits
        return Metadata()
    users = _list(plain_mapping(data).get("users"))
    attempts = plain_mapping(data).get("previous_submissions")
    made = [each for each in map(plain_mapping, _list(attempts)) if not each.get("autograder_error")]
    results = _latest_results(made)
    return Metadata(
        people=tuple(_people(users)),
        created=time_of(plain_mapping(data).get("created_at")),
        due=_due(data, users, "due_date"),
        late_due=_due(data, users, "late_due_date"),
        attempt=len(made) + 1 if isinstance(attempts, list) else None,
        earlier=tuple(_earlier(results)),
        output=clean(_text(results.get("output"), 1000), 1000),
    )


def _due(data: Any, users: list[Any], key: str) -> datetime | None:
    """A date of the assignment, or the latest extension among those who submitted."""
    own = (time_of(plain_mapping(plain_mapping(user).get("assignment")).get(key)) for user in users[:MOST_PEOPLE])
    of_all = time_of(plain_mapping(plain_mapping(data).get("assignment")).get(key))
    return max((each for each in own if each), default=of_all)


def _people(users: list[Any]) -> Iterator[Person]:
    for user in map(plain_mapping, users[:MOST_PEOPLE]):
        if found := parse_person(user):
            yield found


def parse_person(keys: dict[str, Any], prefix: str = "") -> Person | None:
    """The person described by the keys name, email and sid, each after `prefix`; None if all are unknown."""
    name, email, sid = (keys.get(f"{prefix}{key}") for key in ("name", "email", "sid"))
    email, sid = (strip_invisible(each) if isinstance(each, str) else each for each in (email, sid))
    found = Person(_text(name), _text(email, LONGEST_EMAIL), _text(sid))
    return None if found == Person("", "", "") else found


def _latest_results(attempts: list[dict[str, Any]]) -> dict[str, Any]:
    """The results of the latest attempt that has any. Gradescope lists the oldest first, with results of the latest."""
    results = (plain_mapping(each.get("results")) for each in reversed(attempts))
    return next((each for each in results if each), {})


def _earlier(results: dict[str, Any]) -> Iterator[Earlier]:
    default = results.get("visibility", "visible")
    for test in map(plain_mapping, _list(results.get("tests"))):
        number, score, out_of = test.get("number"), score_of(test.get("score")), score_of(test.get("max_score"))
        shown = (test.get("visibility") or default) == "visible"
        if shown and isinstance(number, str) and score is not None and out_of is not None and 0 <= score <= out_of:
            yield Earlier(number, score, out_of)


def score_of(value: Any) -> float | None:
    """The value if it is a finite number, else None."""
    try:
        number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def time_of(value: Any) -> datetime | None:
    """A time with an offset, as ISO 8601 text or from a YAML parser. Without an offset it cannot be compared: None."""
    try:
        time = datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else value
    except ValueError:
        return None
    return time if isinstance(time, datetime) and time.utcoffset() is not None else None


def _text(value: Any, limit: int = 100) -> str:
    """Text in one line without unsafe characters. A student number may be an integer."""
    known = isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20)
    return fit(" ".join(str(value).split()), limit) if known else ""


def plain_mapping(value: Any) -> dict[str, Any]:
    """The value if it is a dict, else an empty one."""
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
