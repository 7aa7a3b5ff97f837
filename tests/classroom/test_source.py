"""A class's submissions are found in what the platforms give."""

import zipfile
from pathlib import Path

import pytest

from autograder.classroom.source import HandedIn, NoClass, find
from autograder.gradescope.metadata import Person
from autograder.submission import read as read_submission
from autograder.typed_yaml import FileError

METADATA = """---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0042'
    :email: ada@example.edu
  - :name: Charles
    :sid:
    :email: charles@example.edu
  :created_at: 2026-11-02 10:00:00.000000000 -05:00
  :score: 77.0
  :status: processed
  :results:
    tests: []
  :history:
  - :id: 9
    :created_at: 2026-11-01 10:00:00.000000000 -05:00
    :score: 40.5
    :results:
      output: failed
submission_12:
  :submitters: []
  :created_at: 2026-11-02 11:00:00 Z
  :score:
"""


def export(folder: Path) -> Path:
    inside = folder / "assignment_1_export"
    for name in ("submission_11", "submission_12", "submission_13"):
        (inside / name).mkdir(parents=True)
        (inside / name / "Lab4.py").write_text(f"# {name}")
    (inside / "submission_metadata.yml").write_text(METADATA)
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX/x").write_text("")
    return inside


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return target


def test_an_export_is_read_with_who_handed_in_and_all_attempts(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    export(tmp_path / "in")
    for number, path in enumerate(
        (tmp_path / "in", tmp_path / "in/assignment_1_export", zipped(tmp_path / "in", tmp_path / "x.zip"))
    ):
        found = find(path, tmp_path / str(number))
        assert [each.id for each in found] == ["submission_11", "submission_12", "submission_13"]
        first = found[0]
        assert first.people == (
            Person("Ada Lovelace", "ada@example.edu", "0042"),
            Person("Charles", "charles@example.edu", ""),
        )
        assert first.who == "Ada Lovelace, Charles"
        assert [attempt.score for attempt in first.attempts] == [40.5, 77.0]
        assert first.metadata.attempt == 2
        assert first.metadata.created is not None
        assert (first.path / "Lab4.py").read_text() == "# submission_11"
        assert (found[1].people, found[1].attempts[0].score, found[2].attempts) == ((), None, ())


def test_the_files_of_a_canvas_download_are_brought_together_by_student(tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    folder.mkdir()
    for name in ("doejane_12_901_Lab4.py", "doejane_12_902_answers-1.yaml", "roejim_LATE_13_903_Lab4.py"):
        (folder / name).write_text(name)
    found = find(folder, tmp_path / "unpacked")
    assert [(each.id, each.people[0].sid) for each in found] == [("doejane_12", "12"), ("roejim_13", "13")]
    assert sorted(path.name for path in found[0].path.iterdir()) == ["Lab4.py", "answers.yaml"]


def test_moodle_names_are_recognised_and_any_other_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    (folder / "Ada Lovelace_77_assignsubmission_file_").mkdir(parents=True)
    (folder / "team 3").mkdir()
    (folder / "solo.zip").write_bytes(b"PK")
    (folder / ".DS_Store").write_text("")
    found = find(folder, tmp_path / "unpacked")
    assert [each.who for each in found] == ["Ada Lovelace", "solo.zip", "team 3"]


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", "submission_1/../../out.txt"])
def test_nothing_is_unpacked_outside(tmp_path: Path, name: str) -> None:
    target = tmp_path / "x.zip"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("submission_1/Lab4.py", "x")
        archive.writestr("submission_2/Lab4.py", "x")
        archive.writestr(name, "out")
    find(target, tmp_path / "a/b/unpacked")
    assert {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")} == {"x.zip", "a"}
    assert not [path for path in tmp_path.rglob("out.txt") if "unpacked" not in path.parts]


def test_a_bomb_takes_no_room_and_is_refused_by_its_size(tmp_path: Path) -> None:
    target = tmp_path / "x.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/Lab4.py", b"0" * 11_000_000)
        archive.writestr("b/Lab4.py", "x = 1")
    found = find(target, tmp_path / "unpacked")
    bomb = found[0].path / "Lab4.py"
    assert bomb.stat().st_blocks * 512 < 100_000
    assert read_submission(found[0].path).problems[0].startswith("Lab4.py is larger than")
    assert read_submission(found[1].path).program is not None


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "there is no"),
        (lambda path: path.write_bytes(b"PK\x03\x04 truncated"), "download it again"),
        (lambda path: path.mkdir(), "there are no submissions"),
    ],
)
def test_what_is_no_class_is_said_in_a_sentence(tmp_path: Path, make: object, said: str) -> None:
    path = tmp_path / "export.zip"
    make(path)  # type: ignore[operator]
    with pytest.raises(NoClass, match=said):
        find(path, tmp_path / "unpacked")


def test_metadata_that_is_no_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    inside = export(tmp_path)
    (inside / "submission_metadata.yml").write_text("submission_11:\n  - [\n")
    with pytest.raises(FileError, match=r"submission_metadata.yml, line \d+: it is not valid YAML"):
        find(tmp_path, tmp_path / "unpacked")


def test_a_submission_of_nobody_known_is_called_by_its_folder() -> None:
    assert HandedIn("submission_1", Path("x")).who == "submission_1"
