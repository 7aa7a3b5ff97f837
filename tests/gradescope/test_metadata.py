"""submission_metadata.json: read as far as it can be, and never in the way of grading."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.gradescope import metadata
from autograder.gradescope.metadata import Earlier, Metadata
from autograder.roster import Person

# As the documentation shows it, with names of our own.
SAMPLE: dict[str, Any] = json.loads((ROOT / "tests/gradescope/submission_metadata.json").read_text())
PACIFIC = timezone(timedelta(hours=-7))


def read(tmp_path: Path, data: object) -> Metadata:
    path = tmp_path / "submission_metadata.json"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return metadata.read(path)


def changed(**values: object) -> dict[str, Any]:
    return {**SAMPLE, **values}


def attempts(*tests: object, **top: object) -> dict[str, Any]:
    return changed(previous_submissions=[{"score": "1.0", "results": {"tests": list(tests), **top}}])


def test_who_when_and_what_came_before(tmp_path: Path) -> None:
    told = read(tmp_path, SAMPLE)
    assert told.people == (Person("Ada Lovelace", "ada@example.edu", "00123"), Person("Alan Turing", "", ""))
    assert told.created == datetime(2025, 1, 8, 14, 37, 10, 500000, PACIFIC)
    assert told.due == datetime(2025, 1, 8, 14, 0, tzinfo=PACIFIC)
    assert told.late_due == datetime(2025, 1, 10, 14, 0, tzinfo=PACIFIC)
    assert told.attempt == 2  # at two of three before it the platform failed
    assert told.earlier == (
        Earlier("0", 0, 0),
        Earlier("1.1", 4, 6),
        Earlier("3.1", 0, 4),
    )  # of the latest that has results
    assert str(told) == (
        "Ada Lovelace, Alan Turing, attempt 2, 2025-01-08 14:37, after the due date, before the late due date"
    )


def test_latest_extension_counts(tmp_path: Path) -> None:
    def user(**dates: object) -> dict[str, object]:
        return {"name": "x", "assignment": {f"{name}_date": date for name, date in dates.items()}}

    day = "2025-01-{:02}T14:00:00.000000-07:00".format
    users = [user(due=day(9), late_due=None), user(due=day(12), late_due=day(14)), {"name": "y", "assignment": 3}]
    told = read(tmp_path, changed(users=users))
    assert told.due == datetime(2025, 1, 12, 14, 0, tzinfo=PACIFIC)
    assert told.late_due == datetime(2025, 1, 14, 14, 0, tzinfo=PACIFIC)
    assert str(told).endswith("before the due date")
    alone = read(tmp_path, changed(users=users[:1]))
    assert alone.due == datetime(2025, 1, 9, 14, 0, tzinfo=PACIFIC)
    assert alone.late_due == datetime(2025, 1, 10, 14, 0, tzinfo=PACIFIC)  # of the assignment: none of its own


def test_failed_attempts_do_not_count(tmp_path: Path) -> None:
    passed = {"number": "1", "score": 1, "max_score": 2}
    before = [
        {"autograder_error": False, "results": {"tests": [passed]}},
        {"autograder_error": True, "results": {"tests": [{**passed, "score": 0}]}},
        {"autograder_error": None},
        "odd",
    ]
    told = read(tmp_path, changed(previous_submissions=before))
    assert (told.attempt, told.earlier) == (4, (Earlier("1", 1, 2),))


def test_a_missing_file_tells_nothing(tmp_path: Path) -> None:
    assert metadata.read(tmp_path / "none.json") == Metadata()
    assert metadata.read(tmp_path) == Metadata()
    assert str(Metadata()) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'"text"',
        b"[" * 100_000,
        b'{"a": ' * 100_000,
        b"9" * 10_000,
        b" " * (metadata.LARGEST + 1),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_cannot_be_read_tells_nothing(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == Metadata()


FIELDS = {"users": "people", "created_at": "created", "assignment": "due", "previous_submissions": "earlier"}


@pytest.mark.parametrize("key", FIELDS)
@pytest.mark.parametrize("value", [None, 1, "x", [], [None], [[]], {}, {"a": 1}, True, [{"results": {"tests": 3}}]])
def test_a_value_of_another_type_leaves_the_rest(tmp_path: Path, key: str, value: object) -> None:
    told, whole = read(tmp_path, changed(**{key: value})), read(tmp_path, SAMPLE)
    for other, field in FIELDS.items():
        assert not getattr(told, field) if other == key else getattr(told, field) == getattr(whole, field)


@pytest.mark.parametrize(
    "test",
    [
        {"number": "1.1", "score": float("nan"), "max_score": 6},
        {"number": "1.1", "score": 7, "max_score": 6},
        {"number": "1.1", "score": -1, "max_score": 6},
        {"number": "1.1", "score": True, "max_score": 6},
        {"number": "1.1", "score": "4", "max_score": 6},
        {"number": "1.1", "score": 10**400, "max_score": 10**401},
        {"number": 1.1, "score": 4, "max_score": 6},
        {"score": 4, "max_score": 6},
        {"number": "1.1", "score": 4, "max_score": 6, "visibility": "hidden"},
        {"number": "1.1", "score": 4, "max_score": 6, "visibility": "after_due_date"},
        {"number": "1.1", "score": 4, "max_score": 6, "visibility": ["visible"]},
        "1.1",
    ],
)
def test_odd_or_hidden_checks_are_unknown(tmp_path: Path, test: object) -> None:
    assert read(tmp_path, attempts(test, {"number": "2", "score": 1, "max_score": 2})).earlier == (Earlier("2", 1, 2),)


def test_default_visibility_applies(tmp_path: Path) -> None:
    tests = [
        {"number": "1", "score": 1, "max_score": 2},
        {"number": "2", "score": 1, "max_score": 2, "visibility": "visible"},
    ]
    assert read(tmp_path, attempts(*tests, visibility="hidden")).earlier == (Earlier("2", 1, 2),)


def test_invisible_characters_are_removed(tmp_path: Path) -> None:
    users = [{"name": "Ada", "email": "\u200bada@exam\u2060ple.edu ", "sid": "\ufeff00123"}]
    assert read(tmp_path, changed(users=users)).people == (Person("Ada", "ada@example.edu", "00123"),)


def test_names_are_fit_for_a_terminal_and_bounded(tmp_path: Path) -> None:
    users = [{"name": "\x1b[31mEve\n" + "x" * 10_000, "sid": 7}] * 1000
    people = read(tmp_path, changed(users=users)).people
    assert len(people) == metadata.MOST_PEOPLE
    assert people[0].name.isprintable()
    assert len(people[0].name) <= 100
    assert people[0].sid == "7"


keys = st.sampled_from([*SAMPLE, "results", "tests", "name"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(anything)
def test_nothing_in_the_file_raises(tmp_path: Path, data: object) -> None:
    str(read(tmp_path, data))


NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def after(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("created", "due", "late", "word"),
    [
        (after(0), NOON, None, "before the due date"),
        (after(1), NOON, None, "after the due date"),
        (after(1), NOON, after(1), "after the due date, before the late due date"),
        (after(2), NOON, after(1), "after the due date"),
        (after(0), None, None, ""),
    ],
)
def test_due_date_itself_is_in_time(created: datetime, due: datetime | None, late: datetime | None, word: str) -> None:
    said = str(Metadata((), created, due, late))
    assert said == f"{created:%Y-%m-%d %H:%M}" + (f", {word}" if word else "")


def test_unknown_values_are_left_out() -> None:
    assert str(Metadata((Person("", "a@b", "1"), Person("", "", "2")), attempt=3)) == "a@b, 2, attempt 3"
    assert str(Metadata(due=NOON)) == ""


def test_student_by_email_or_sid() -> None:
    assert metadata.from_student(" ada@example.edu ").people == (Person("", "ada@example.edu", ""),)
    assert metadata.from_student("00123").people == (Person("", "", "00123"),)
    assert metadata.from_student("  ") == Metadata()


def test_a_first_attempt_has_the_number_1(tmp_path: Path) -> None:
    assert read(tmp_path, {"previous_submissions": []}).attempt == 1
    assert read(tmp_path, {"previous_submissions": [1, 2]}).attempt == 3
    assert read(tmp_path, {}).attempt is None


def test_file_size_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = json.dumps({"users": [{"name": "Ada"}]}).encode()
    monkeypatch.setattr(metadata, "LARGEST", len(whole) + 5)
    assert read(tmp_path, whole + b" " * 5).people == (Person("Ada", "", ""),)
    assert read(tmp_path, whole + b" " * 6) == Metadata()


def test_huge_file_is_unknown(tmp_path: Path) -> None:
    padding = b" " * metadata.SMALL
    whole = json.dumps({"users": [{"name": "Ada"}]}).encode()
    assert read(tmp_path, whole + padding).people == (Person("Ada", "", ""),)
    assert read(tmp_path, b'{"users": [{"name": "Ada"}], "x": [' + b"{}," * 5_000_000 + b"0]}") == Metadata()


def test_texts_are_cut_at_their_limits(tmp_path: Path) -> None:
    user = {"name": "n" * 101, "email": "e" * 255, "sid": 10**20 - 1}
    told = read(tmp_path, {"users": [user, {"name": True, "sid": 10**20}, {"sid": -5}], **attempts(output="o" * 1001)})
    (ada,) = read(tmp_path, {"users": [user, {"name": True, "sid": 10**20}]}).people
    assert (ada.name, ada.email, ada.sid) == ("n" * 99 + "…", "e" * 253 + "…", str(10**20 - 1))
    assert told.output == "o" * 999 + "…"
    assert read(tmp_path, attempts(output="o" * 1000)).output == "o" * 1000


def test_latest_results_count(tmp_path: Path) -> None:
    def results(number: str) -> dict[str, Any]:
        return {"results": {"tests": [{"number": number, "score": 0, "max_score": 0}]}}

    data = changed(previous_submissions=[results("old"), results("new"), {"results": {}}, 3])
    assert read(tmp_path, data).earlier == (Earlier("new", 0, 0),)
    whole = {"number": "1", "score": 2, "max_score": 2, "visibility": None}
    assert read(tmp_path, attempts(whole)).earlier == (Earlier("1", 2, 2),)
    assert read(tmp_path, attempts(whole, visibility="hidden")).earlier == ()


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T12:00:00+00:00", NOON),
        (NOON, NOON),
        ("2026-03-01T12:00:00", None),
        (NOON.replace(tzinfo=None), None),
        ("noon", None),
        (3, None),
    ],
)
def test_a_time_has_an_offset(value: object, time: datetime | None) -> None:
    assert metadata.time_of(value) == time
