"""results.json as Gradescope reads it: who sees what and when, and what it would refuse."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from frozen import changeable

from autograder.gradescope import results_json
from autograder.yaml_config import FileError

VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")


def read(tmp_path: Path, data: object) -> results_json.Results:
    path = tmp_path / "results.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return results_json.read(path)


def with_tests(*visibilities: str | None, **more: Any) -> dict[str, Any]:
    entries = [{"score": 1, "max_score": 2, **({"visibility": each} if each else {})} for each in visibilities]
    return {"tests": entries, **more}


@pytest.mark.parametrize(
    ("visibility", "views"),
    [
        ("visible", ["before", "after", "published", "instructor"]),
        ("after_due_date", ["after", "published", "instructor"]),
        ("after_published", ["published", "instructor"]),
        ("hidden", ["instructor"]),
    ],
)
def test_visibility_follows_the_specification(tmp_path: Path, visibility: str, views: list[str]) -> None:
    own = read(tmp_path, with_tests(visibility, visibility="hidden"))
    assert list(own.seen_in(own.tests[0])) == views
    from_above = read(tmp_path, with_tests(None, visibility=visibility))
    assert list(from_above.seen_in(from_above.tests[0])) == views


@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_a_hidden_test_hides_the_total(tmp_path: Path, visibility: str) -> None:
    results = read(tmp_path, with_tests("visible", visibility))
    for view in results_json.VIEWS:
        seen = view in results.seen_in(results.tests[1])
        assert results.total(view) == ((2.0, 4.0) if seen else None)


def test_a_score_for_the_whole_counts_before_the_sum(tmp_path: Path) -> None:
    assert read(tmp_path, with_tests(None, None, score=1.5)).total("before") == (1.5, 4.0)
    assert read(tmp_path, {"score": 3}).total("before") == (3.0, None)


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        ({"score": 2, "max_score": 2}, "passed"),
        ({"score": 1, "max_score": 2}, "failed"),
        ({"score": 1, "max_score": 2, "status": "passed"}, "passed"),
        ({"status": "failed"}, "failed"),
        ({"score": 1}, None),
        ({}, None),
    ],
)
def test_status_defaults_to_the_points(tmp_path: Path, entry: dict[str, Any], state: str | None) -> None:
    assert read(tmp_path, {"score": 0, "tests": [entry]}).tests[0].state == state


def test_tests_are_sorted_by_number(tmp_path: Path) -> None:
    entries = [{"number": number} if number else {} for number in ("1.10", "1.9", None, "b", 2, 1.5)]
    results = read(tmp_path, {"score": 0, "tests": entries})
    assert [number for number, _ in results.numbered()] == ["1.5", "1.9", "1.10", "2", "3", "b"]


def test_unknown_keys_are_ignored(tmp_path: Path) -> None:
    assert read(tmp_path, {"score": 1, "max_score": 2, "tests": [{"weight": 1}]}).score == 1


# (content, where, what)
REFUSED = [
    ('{"score": 1', "line 1", "not valid JSON"),
    ('{\n"score": NaN}', "", "NaN is no number there"),
    ("[" * 100_000, "", "not valid JSON"),
    ("", "line 1", "not valid JSON"),
    ("[]", "", "keys with values are needed"),
    ("{}", "(score)", "has a score"),
    ('{"tests": [{"name": "a"}]}', "(score)", "has a score"),
    ('{"score": "5"}', "(score)", "a number is needed here"),
    ('{"tests": [{"score": 1}, {"score": true}]}', "(tests[1].score)", "a number is needed here"),
    ('{"score": 1, "tests": {}}', "(tests)", "a list is needed here"),
    ('{"score": 1, "tests": [1]}', "(tests[0])", "keys with values are needed"),
    ('{"score": 1, "visibility": "Visible"}', "(visibility)", "allowed: after_due_date, after_published, hidden"),
    ('{"score": 1, "tests": [{"visibility": "no"}]}', "(tests[0].visibility)", "there is no value 'no'"),
    ('{"score": 1, "tests": [{"output": ["a"]}]}', "(tests[0].output)", "text is needed here"),
    ('{"score": 1, "tests": [{"status": "ok"}]}', "(tests[0].status)", "there is no value 'ok'"),
    ('{"score": 1, "output_format": "markdown"}', "(output_format)", "allowed: ansi, html, md, simple_format, text"),
    ('{"score": 1, "leaderboard": [{"name": "a"}]}', "(leaderboard[0])", "this lacks the required field `value`"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "where", "what"), REFUSED, ids=[content[:40] for content, _, _ in REFUSED])
def test_refused_file_is_one_sentence(tmp_path: Path, content: str, where: str, what: str) -> None:
    with pytest.raises(FileError) as error:
        read(tmp_path, content)
    sentence = str(error.value)
    assert sentence.startswith(str(tmp_path / "results.json"))
    assert where in sentence
    assert what in sentence
    assert "\n" not in sentence


def test_a_missing_or_binary_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"it cannot be read \(No such file"):
        results_json.read(tmp_path / "none.json")
    with pytest.raises(FileError, match="it cannot be read"):
        results_json.read(tmp_path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(FileError, match="not UTF-8"):
        results_json.read(tmp_path / "bytes")


def test_example_of_the_schema_is_read() -> None:
    schema = json.loads((ROOT / "tests/gradescope/results.schema.json").read_text())
    assert set(schema["properties"]) == set(results_json.Results.__struct_fields__)
    assert set(schema["$defs"]["test"]["properties"]) == set(results_json.TestEntry.__struct_fields__)
    assert set(schema["$defs"]["column"]["properties"]) == set(results_json.Column.__struct_fields__)


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.gradescope") == set()


@pytest.mark.parametrize(
    ("numbers", "shown_as"),
    [
        (["10", "9"], ["9", "10"]),
        (["1.2.3", "1.2"], ["1.2", "1.2.3"]),
        (["999999999", "1000000000"], ["999999999", "1000000000"]),
        (["x", "1"], ["1", "x"]),
        ([None, "1", None], ["1", "1", "3"]),
        ([0, "0.5"], ["0", "0.5"]),
    ],
)
def test_numbers_are_compared_as_numbers(tmp_path: Path, numbers: list[Any], shown_as: list[str]) -> None:
    results = read(tmp_path, {"score": 0, "tests": [{"number": number} for number in numbers]})
    assert [number for number, _ in results.numbered()] == shown_as


def test_points_are_summed_where_a_test_has_them(tmp_path: Path) -> None:
    data = {"tests": [{"score": 1}, {"max_score": 3}, {"score": 2, "max_score": 4}]}
    assert read(tmp_path, data).total("before") == (3, 7)
    assert read(tmp_path, {"score": 0, "tests": [{"score": 5}]}).total("before") == (0, None)


def test_a_score_anywhere_is_enough(tmp_path: Path) -> None:
    assert read(tmp_path, {"tests": [{}, {"score": 0}]}).score is None
    assert read(tmp_path, {"score": 0, "tests": [{}]}).score == 0


def test_full_points_pass(tmp_path: Path) -> None:
    entries = [{"score": 3, "max_score": 2}, {"score": 2, "max_score": 2, "status": "failed"}, {"max_score": 2}]
    assert [test.state for test in read(tmp_path, {"score": 0, "tests": entries}).tests] == ["passed", "failed", None]
