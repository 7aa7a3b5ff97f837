"""An export's metadata is read as far as it tells something, and each submission that is there is in the list."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from autograder.gradescope import export
from autograder.gradescope.export import Attempt, ExportedSubmission
from autograder.roster import Person
from autograder.yaml_config import FileError

WHEN = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
TOLD = """
submission_2:
  :submitters:
  - :name: Ada
    :email: ada@example.edu
    :sid: '1'
  - :name: ''
  :created_at: 2026-03-01T10:00:00Z
  :score: 9.0
  :results:
    :tests: [{a: 1}, {b: [2, 3]}]
    :output: x
  :history:
  - :created_at: 2026-03-01T09:00:00Z
    :score: 5.0
    :results: [1]
  - :created_at: 2026-03-01T08:00:00Z
    :score: 3.0
  - :score: 1.0
  - :created_at: 2026-03-01T10:00:00Z
    :score: 9.0
submission_1:
submission_9: 1
other: 1
3: 1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("submission_1", "submission_2", "submission_3", "submission_0", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "submission_4").write_text("no folder")
    return tmp_path


def read(folder: Path, text: str) -> tuple[ExportedSubmission, ...]:
    (folder / "submission_metadata.yml").write_text(text)
    assert export.is_export(folder)
    return export.read(folder)


def hours(number: int) -> datetime:
    return WHEN + timedelta(hours=number)


def test_attempts_are_in_order(folder: Path) -> None:
    two, one, nine, zero, three = read(folder, TOLD)
    assert [each.folder for each in (two, one, zero, three)] == [f"submission_{number}" for number in (2, 1, 0, 3)]
    assert (nine.folder, nine.present, two.present, zero.present) == ("submission_9", False, True, True)
    assert two.people == (Person("Ada", "ada@example.edu", "1"),)
    assert two.attempts == (
        Attempt(hours(0), 3.0),
        Attempt(hours(1), 5.0),
        Attempt(hours(2), 9.0, active=True),
        Attempt(None, 1.0),
    )
    assert (one.people, one.attempts) == ((), ())
    assert (three.people, three.attempts) == ((), ())


def test_export_with_an_alias_is_read(folder: Path) -> None:
    aliased = TOLD.replace("{a: 1}", "&a {a: 1}").replace(":score: 5.0", ":score: 5.0\n    :again: *a")
    found = read(folder, aliased.lstrip())
    assert found[0].attempts[1] == Attempt(hours(1), 5.0)
    assert found[0].people[0].name == "Ada"
    assert found == read(folder, TOLD.lstrip())


@pytest.mark.parametrize(
    "text", ["", "[1]", "3", "submission_2: 3\n", "submission_2:\n  :submitters: 3\n  :history: x\n"]
)
def test_what_tells_nothing_leaves_the_folders(folder: Path, text: str) -> None:
    found = read(folder, text)
    assert sorted(each.folder for each in found) == [f"submission_{number}" for number in range(4)]
    assert not any(each.people for each in found)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb: [\n", "submission_metadata.yml, line 3: it is not valid YAML; download the export again"),
        ("a: 1\n---\nb: [\n", "it is not valid YAML; download the export again"),
        ("submission_1: 2026-99-99\n", "submission_metadata.yml: it contains an invalid value; download the"),
    ],
)
def test_invalid_yaml_is_one_sentence(folder: Path, text: str, sentence: str) -> None:
    with pytest.raises(FileError) as error:
        read(folder, text)
    assert sentence in str(error.value)


def test_unreadable_metadata_is_one_sentence(folder: Path) -> None:
    with pytest.raises(FileError, match=r"it cannot be read \(.*\); check its permissions"):
        export._read_metadata(folder / "none")
