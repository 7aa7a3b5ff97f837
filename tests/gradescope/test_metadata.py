"""submission_metadata.json: read as far as it can be, and never in the way of marking."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.gradescope import metadata
from autograder.gradescope.metadata import Earlier, Metadata, Person

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
    assert told.attempt == 4
    assert told.earlier == (
        Earlier("0", 0, 0),
        Earlier("1.1", 4, 6),
        Earlier("3.1", 0, 4),
    )  # of the latest that has results
    assert str(told) == (
        "Ada Lovelace, Alan Turing, attempt 4, 2025-01-08 14:37, after the due date, before the late one"
    )


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
def test_a_check_with_odd_numbers_or_that_was_hidden_is_not_known(tmp_path: Path, test: object) -> None:
    assert read(tmp_path, attempts(test, {"number": "2", "score": 1, "max_score": 2})).earlier == (Earlier("2", 1, 2),)


def test_a_visibility_for_all_counts_for_checks_without_their_own(tmp_path: Path) -> None:
    tests = [
        {"number": "1", "score": 1, "max_score": 2},
        {"number": "2", "score": 1, "max_score": 2, "visibility": "visible"},
    ]
    assert read(tmp_path, attempts(*tests, visibility="hidden")).earlier == (Earlier("2", 1, 2),)


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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(anything)
def test_nothing_in_the_file_raises(tmp_path: Path, data: object) -> None:
    str(read(tmp_path, data))
