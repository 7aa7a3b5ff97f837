"""A class's submissions are found in what the platforms give."""

import errno
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from made import find_submissions

from autograder.classroom import unpack
from autograder.classroom.discover import ClassSubmission, NoClass
from autograder.roster import Person
from autograder.submission import Unreadable
from autograder.submission import read as read_submission
from autograder.submission.file_set import MAX_FILE_BYTES
from autograder.yaml_config import FileError

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


def damaged(*names: str) -> bytes:
    """A zip in which the bytes of the first file are not what the compression makes."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.writestr(name, "x = 1\n" * 1000)
        content = bytearray(file.getvalue())
    start = 30 + len(names[0].encode())  # of the local header
    content[start : start + 4] = b"\xff" * 4
    return bytes(content)


def with_bad_checksum(*names: str) -> bytes:
    content = bytearray(damaged("__MACOSX/x", *names))
    at = content.index(names[0].encode(), content.index(b"PK\x01\x02")) - 46
    content[at + 16] ^= 1
    return bytes(content)


def under_a_password(*names: str) -> bytes:
    content = bytearray(damaged("__MACOSX/x", *names))
    content[content.index(names[0].encode(), content.index(b"PK\x01\x02")) - 46 + 8] |= 1
    content[content.index(names[0].encode()) - 30 + 6] |= 1
    return bytes(content)


def test_chosen_file_name_cannot_impersonate(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    for name in ("evilevil_999_888_adalove_12345_assignsubmission_file_Lab4.py", "adalove_12_34_Lab4.py"):
        (tmp_path / "class" / name).write_text("")
    found = {each.id: each.who for each in find_submissions(tmp_path / "class", tmp_path / "u")}
    assert found == {"evilevil_999": "evilevil", "adalove_12": "adalove"}


@pytest.mark.parametrize(
    "name", ["Eve Evil_111_assignsubmission_file_..", "Eve Evil_111_assignsubmission_file_.", "link"]
)
def test_odd_entry_costs_nobody_else(tmp_path: Path, name: str) -> None:
    (tmp_path / "class/ada").mkdir(parents=True)
    (tmp_path / "class/ada/Lab4.py").write_text("")
    if name == "link":
        (tmp_path / "class/eve").symlink_to("x" * 300)
    else:
        (tmp_path / "class" / name).write_text("")
    found = {each.id: each for each in find_submissions(tmp_path / "class", tmp_path / "unpacked")}
    assert "ada" in found
    if name == "link":
        with pytest.raises(Unreadable):
            found["eve"].read_files()


def test_export_has_people_and_attempts(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    export(tmp_path / "in")
    for number, path in enumerate(
        (tmp_path / "in", tmp_path / "in/assignment_1_export", zipped(tmp_path / "in", tmp_path / "x.zip"))
    ):
        found = find_submissions(path, tmp_path / str(number))
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


def test_canvas_files_are_grouped_by_student(tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    folder.mkdir()
    for name in ("doejane_12_901_Lab4.py", "doejane_12_902_answers-1.yaml", "roejim_LATE_13_903_Lab4.py"):
        (folder / name).write_text(name)
    found = find_submissions(folder, tmp_path / "unpacked")
    assert [(each.id, each.people[0].sid, each.late) for each in found] == [
        ("doejane_12", "", False),
        ("roejim_13", "", True),
    ]
    assert sorted(path.name for path in found[0].path.iterdir()) == ["Lab4.py", "answers.yaml"]


def test_equal_file_names_lose_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    folder.mkdir()
    for name in ("doe_12_901_Lab4.py", "doe_12_902_Lab4-2.py"):
        (folder / name).write_text(name)
    (found,) = find_submissions(folder, tmp_path / "unpacked")
    assert {path.name: path.read_text() for path in found.path.iterdir()} == {
        "Lab4.py": "doe_12_901_Lab4.py",
        "Lab4-2.py": "doe_12_902_Lab4-2.py",
    }


def test_moodle_files_are_grouped_by_student(tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    folder.mkdir()
    for name in ("Ada King_77_assignsubmission_file_Lab4.py", "Ada King_77_assignsubmission_file_answers.yaml"):
        (folder / name).write_text(name)
    (found,) = find_submissions(folder, tmp_path / "unpacked")
    assert (found.id, found.who, found.people[0].sid) == ("Ada King_77", "Ada King", "")
    assert sorted(path.name for path in found.path.iterdir()) == ["Lab4.py", "answers.yaml"]


def test_unreadable_archive_is_a_submission(tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    folder.mkdir()
    for name in ("alice.rar", "bob.tar.gz", "carol.py", "notes.txt"):
        (folder / name).write_text("x")
    found = find_submissions(folder, tmp_path / "unpacked")
    assert [each.id for each in found] == ["alice.rar", "bob.tar.gz", "carol.py"]
    for archive in found[:2]:
        with pytest.raises(Unreadable, match="zip"):
            read_submission(archive.path)


def test_moodle_names_are_recognized(tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    (folder / "Ada Lovelace_77_assignsubmission_file_").mkdir(parents=True)
    (folder / "team 3").mkdir()
    (folder / "solo.zip").write_bytes(b"PK")
    (folder / ".DS_Store").write_text("")
    found = find_submissions(folder, tmp_path / "unpacked")
    assert [each.who for each in found] == ["Ada Lovelace", "solo.zip", "team 3"]


def test_backslashes_of_windows_are_folders(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    export(tmp_path / "in")
    plain, windows = zipped(tmp_path / "in", tmp_path / "x.zip"), tmp_path / "windows.zip"
    with zipfile.ZipFile(plain) as archive, zipfile.ZipFile(windows, "w") as other:
        for entry in archive.infolist():
            if not entry.is_dir():
                other.writestr(entry.filename.replace("/", "\\"), archive.read(entry))
    found = find_submissions(windows, tmp_path / "unpacked")
    assert [(each.id, len(each.people)) for each in found] == [
        ("submission_11", 2),
        ("submission_12", 0),
        ("submission_13", 0),
    ]
    assert (found[0].path / "Lab4.py").is_file()


def test_student_with_only_junk_files_is_listed(tmp_path: Path) -> None:
    target = tmp_path / "x.zip"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("export/submission_metadata.yml", METADATA)
        archive.writestr("export/submission_11/Lab4.py", "x = 1")
        archive.writestr("export/submission_12/__pycache__/Lab4.cpython-311.pyc", "x")
        archive.writestr("__MACOSX/export/._submission_11", "x")
    found = find_submissions(target, tmp_path / "unpacked")
    assert [(each.id, [*each.path.iterdir()] == []) for each in found] == [
        ("submission_11", False),
        ("submission_12", True),
    ]


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", "submission_1/../../out.txt"])
def test_nothing_is_unpacked_outside(tmp_path: Path, name: str) -> None:
    target = tmp_path / "x.zip"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("submission_1/Lab4.py", "x")
        archive.writestr("submission_2/Lab4.py", "x")
        archive.writestr(name, "out")
    find_submissions(target, tmp_path / "a/b/unpacked")
    assert {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")} == {"x.zip", "a"}
    assert not [path for path in tmp_path.rglob("out.txt") if "unpacked" not in path.parts]


def test_skipped_files_do_not_count_as_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MOST_UNPACKED", 10_000)
    target = tmp_path / "x.zip"
    for folder, too_large in ((".venv", False), ("data", True)):
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("a/Lab4.py", "x = 1")
            archive.writestr("b/Lab4.py", "x = 1")
            archive.writestr(f"b/{folder}/large.py", "x" * 20_000)
        if too_large:
            with pytest.raises(NoClass, match="it unpacks to more than 4 GB"):
                find_submissions(target, tmp_path / folder)
        else:
            assert [each.id for each in find_submissions(target, tmp_path / folder)] == ["a", "b"]


def test_too_large_submission_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name in ("a/Lab4.py", "b/data/1.py", "b/2.py", "c/Lab4.py"):
            archive.writestr(f"class/{name}", "x" * (8_000 if name.startswith("b") else 4_000))
    monkeypatch.setattr(unpack, "MOST_OF_ONE", 10_000)
    assert [each.problem for each in find_submissions(tmp_path / "x.zip", tmp_path / "all")] == ["", "", ""]
    monkeypatch.setattr(unpack, "MOST_UNPACKED", 10_000)
    a, b, c = find_submissions(tmp_path / "x.zip", tmp_path / "unpacked")
    assert (a.problem, b.problem, c.problem) == ("", unpack.TOO_LARGE, "")
    assert list(b.path.iterdir()) == []
    monkeypatch.setattr(unpack, "MOST_UNPACKED", 7_000)
    with pytest.raises(NoClass, match="it unpacks to more than 4 GB"):
        find_submissions(tmp_path / "x.zip", tmp_path / "none")


def test_zip_bomb_is_refused_by_its_size(tmp_path: Path) -> None:
    target = tmp_path / "x.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/Lab4.py", b"0" * 11_000_000)
        archive.writestr("b/Lab4.py", "x = 1")
    found = find_submissions(target, tmp_path / "unpacked")
    bomb = found[0].path / "Lab4.py"
    assert bomb.stat().st_blocks * 512 < 100_000
    assert read_submission(found[0].path).problems[0].startswith("Lab4.py is larger than")
    assert read_submission(found[1].path).program is not None


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "there is no"),
        (lambda path: path.write_bytes(b"PK\x03\x04 truncated"), "download it again"),
        (lambda path: path.mkdir(), "it contains no submissions"),
    ],
)
def test_missing_class_is_one_sentence(tmp_path: Path, make: object, said: str) -> None:
    path = tmp_path / "export.zip"
    make(path)  # type: ignore[operator]
    with pytest.raises(NoClass, match=said):
        find_submissions(path, tmp_path / "unpacked")


def test_active_attempt_is_graded(tmp_path: Path) -> None:
    inside = export(tmp_path)
    later = "  - :id: 10\n    :created_at: 2026-11-03 10:00:00 -05:00\n    :score: 12.0\n"
    (inside / "submission_metadata.yml").write_text(METADATA.replace("submission_12:", f"{later}submission_12:"))
    first, *_ = find_submissions(tmp_path, tmp_path / "unpacked")
    assert [attempt.score for attempt in first.attempts] == [40.5, 77.0, 12.0]
    assert first.metadata.attempt == 2
    assert first.metadata.created == first.attempts[1].created


def test_invalid_yaml_is_reported_with_its_line(tmp_path: Path) -> None:
    inside = export(tmp_path)
    (inside / "submission_metadata.yml").write_text("submission_11:\n  - [\n")
    with pytest.raises(FileError, match=r"submission_metadata.yml, line \d+: it is not valid YAML"):
        find_submissions(tmp_path, tmp_path / "unpacked")


def test_unknown_student_is_called_by_folder() -> None:
    assert ClassSubmission("submission_1", Path("x")).who == "submission_1"


def test_results_in_metadata_are_skipped(tmp_path: Path) -> None:
    inside = export(tmp_path)
    text = METADATA.replace("    tests: []\n", "    tests: [{output: [1, {a: 2}], score: &n 5}]\n")
    for last, score in (("", None), (" *n", 5.0)):
        (inside / "submission_metadata.yml").write_text(text.removesuffix("\n") + f"{last}\n")
        first, second, _ = find_submissions(tmp_path, tmp_path / "unpacked")
        assert [attempt.score for attempt in first.attempts] == [40.5, 77.0]
        assert second.attempts[0].score == score


@pytest.mark.parametrize("text", ["", "just words\n", "[1, 2]\n", "[1]: x\n"])
def test_metadata_of_another_form_tells_nothing(tmp_path: Path, text: str) -> None:
    inside = export(tmp_path)
    (inside / "submission_metadata.yml").write_text(text)
    found = find_submissions(tmp_path, tmp_path / "unpacked")
    assert [(each.id, each.people) for each in found] == [(f"submission_{number}", ()) for number in (11, 12, 13)]


@pytest.mark.parametrize("around", ["in", "in/zipped again"])
def test_only_class_metadata_may_be_large(tmp_path: Path, around: str) -> None:
    (tmp_path / around).mkdir(parents=True)
    inside = export(tmp_path / around)
    padded = METADATA + f"# {'x' * 100}\n" * (MAX_FILE_BYTES // 100)
    for path in (inside / "submission_metadata.yml", inside / "submission_11/submission_metadata.yml"):
        path.write_text(padded)
    first, *_ = find_submissions(zipped(tmp_path / "in", tmp_path / "x.zip"), tmp_path / "unpacked")
    assert len(first.attempts) == 2
    assert (first.path / "submission_metadata.yml").read_bytes() == bytes(len(padded))


@pytest.mark.parametrize("value", ["2026-13-45 10:00:00", "9" * 5000, "[" * 100_000])
def test_invalid_value_is_reported(tmp_path: Path, value: str) -> None:
    inside = export(tmp_path)
    (inside / "submission_metadata.yml").write_text(f"submission_11:\n  :score: {value}\n")
    with pytest.raises(FileError, match=r"submission_metadata\.yml.*download the export again"):
        find_submissions(tmp_path, tmp_path / "unpacked")


def test_ids_are_unique_and_safe_file_names(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "submissions")
    names = [b"a", b"A", b"plain name", b"\xff\xfe", b"\xfe\xff", b"...", b"n\nn", b"a?b#c", b"x" * 255, b"x" * 254]
    names += ["e\u0301".encode(), "\u202eevil".encode(), b"roe_7", b"-rf", "é".encode() * 127]
    for name in names:
        os.makedirs(os.path.join(folder, name))
    with open(os.path.join(folder, b"roe_7_900_Lab4.py"), "w") as file:  # Canvas: also of roe_7
        file.write("x = 1")
    found = find_submissions(tmp_path / "submissions", tmp_path / "unpacked")
    ids = [each.id for each in found]
    assert len(found) == len({id.casefold() for id in ids}) == len(names) + 1
    assert {"a", "A-2", "plain name", "é", "roe_7", "roe_7-2", "-rf"} >= {id for id in ids if len(id) < 9} - {
        "A",
        "a-2",
    }
    for id in ids:
        assert len(id.encode()) < 140
        assert id.isprintable()
        assert not set(id) & set('/\\:*?"<>|#%')
        assert not id.startswith(".")
    assert ids == [each.id for each in find_submissions(tmp_path / "submissions", tmp_path / "again")]


def test_unwritable_name_costs_only_that_file(tmp_path: Path) -> None:
    target = tmp_path / "x.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("Lab4.py", "y" * 300, "d/" * 3000 + "x", "z/" * 200 + "x", "Lab4.py/inside", "é\0x"):
            archive.writestr(zipfile.ZipInfo(f"a/{name}"), "x = 1")
        archive.writestr("b/Lab4.py", "x = 1")
    found = find_submissions(target, tmp_path / "unpacked")
    assert [each.id for each in found] == ["a", "b"]
    assert all(read_submission(each.path).program for each in found)


@pytest.mark.parametrize("make", [damaged, with_bad_checksum, under_a_password])
@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (("a/Lab4.py", "a/answers.yaml", "b/Lab4.py"), ["a", "b"]),
        (("class/a/deep/er/Lab4.py", "class/b/Lab4.py"), ["a", "b"]),
        (("a.zip", "b/Lab4.py"), ["a.zip", "b"]),
        (("doe_1_90_Lab4.py", "doe_1_91_answers.yaml", "roe_2_92_Lab4.py"), ["doe_1", "roe_2"]),
        (("submission_1/Lab4.py", "submission_2/Lab4.py", "submission_metadata.yml"), ["submission_1", "submission_2"]),
    ],
)
def test_damaged_file_costs_only_its_submission(
    tmp_path: Path, make: Callable[..., bytes], names: tuple[str, ...], ids: list[str]
) -> None:
    (tmp_path / "x.zip").write_bytes(make(*names))
    first, second = find_submissions(tmp_path / "x.zip", tmp_path / "unpacked")
    assert [first.id, second.id] == ids
    assert second.problem == ""
    assert second.read_files().files
    sentence = f"{Path(names[0]).name} is damaged, or protected by a password, in the zip of the class; "
    with pytest.raises(Unreadable, match=f"^{sentence}download the zip again, or ask for the file.$"):
        first.read_files()


def test_export_without_metadata_has_no_people(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(damaged("submission_metadata.yml", "submission_1/Lab4.py"))
    with pytest.raises(NoClass, match=r"submission_metadata\.yml is damaged; download it again"):
        find_submissions(tmp_path / "x.zip", tmp_path / "unpacked")


@pytest.mark.parametrize(
    "inner", ["d/" * 3000 + "x", "d/" * 1900 + "__pycache__/x", "__pycache__/" * 3000 + "x", "y" * 300]
)
def test_deep_path_costs_only_its_file(tmp_path: Path, inner: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(f"submission_1/{inner}", "x")
        archive.writestr("submission_2/Lab4.py", "x = 1")
        archive.writestr("submission_metadata.yml", METADATA)
    found = find_submissions(tmp_path / "x.zip", tmp_path / "unpacked")
    assert [each.id for each in found] == ["submission_1", "submission_2"]


def test_no_link_in_a_class_is_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("secret")
    folder = tmp_path / "class"
    (folder / "bob").mkdir(parents=True)
    (folder / "ann").symlink_to(tmp_path)
    (folder / "eve.py").symlink_to(tmp_path / "secret.py")
    (folder / "doe_1_90_Lab4.py").symlink_to(tmp_path / "secret.py")
    (folder / "doe_1_91_answers.yaml").write_text("task1:")
    found = {each.id: each for each in find_submissions(folder, tmp_path / "unpacked")}
    assert set(found) == {"ann", "bob", "eve.py", "doe_1"}
    for name in ("ann", "eve.py", "doe_1"):
        with pytest.raises(Unreadable, match="is a link, which is not followed"):
            found[name].read_files()
    assert "secret" not in [path.read_text() for path in (tmp_path / "unpacked").rglob("*") if path.is_file()]
    assert found["bob"].read_files().files == {}


def test_uncopyable_file_costs_only_its_student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def closed(name: str, *more: int, **at: int) -> int:
        if str(name).startswith("doe"):
            raise PermissionError
        return opened(name, *more, **at)

    for name in ("doe_1_90_Lab4.py", "roe_2_91_Lab4.py"):
        (tmp_path / "class").mkdir(exist_ok=True)
        (tmp_path / "class" / name).write_text("x = 1")
    monkeypatch.setattr(os, "open", closed)
    doe, roe = find_submissions(tmp_path / "class", tmp_path / "unpacked")
    assert doe.problem == "Lab4.py could not be opened; put the file itself there."
    assert roe.read_files().files == {"Lab4.py": b"x = 1"}


def test_full_disk_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "in").mkdir()
    export(tmp_path / "in")
    target = zipped(tmp_path / "in", tmp_path / "x.zip")
    monkeypatch.setattr(zipfile.ZipFile, "extract", full)
    with pytest.raises(NoClass, match=r"No space left on device.*TMPDIR"):
        find_submissions(target, tmp_path / "unpacked")


def test_a_class_of_one_is_a_class(tmp_path: Path) -> None:
    one = tmp_path / "class/alice"
    (one / "helpers").mkdir(parents=True)
    (one / "Lab4.py").write_text("x = 1")
    assert [each.id for each in find_submissions(tmp_path / "class", tmp_path / "unpacked")] == ["alice"]
    assert [
        each.id for each in find_submissions(zipped(tmp_path / "class", tmp_path / "x.zip"), tmp_path / "again")
    ] == ["alice"]


def test_class_of_one_with_nested_program_keeps_answers(tmp_path: Path) -> None:
    one = tmp_path / "class/alice"
    (one / "src").mkdir(parents=True)
    (one / "src/Lab4.py").write_text("x = 1")
    (one / "answers.yaml").write_text("task1:\n")
    (found,) = find_submissions(tmp_path / "class", tmp_path / "unpacked")
    assert (found.id, found.path) == ("alice", one)


def test_canvas_download_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "outer/submissions").mkdir(parents=True)
    for name in ("doejane_12_901_Lab4.py", "roejim_13_903_Lab4.py", "roejim_13_904_.."):
        (tmp_path / "outer/submissions" / name).write_text(name)
    assert [each.id for each in find_submissions(tmp_path / "outer", tmp_path / "unpacked")] == [
        "doejane_12",
        "roejim_13",
    ]


def test_what_macos_adds_is_no_submission(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    inside = export(tmp_path / "in")
    (tmp_path / "in/wrapped").mkdir()
    inside.rename(tmp_path / "in/wrapped/assignment_1_export")
    for name in ("__MACOSX/._assignment_1_export", "wrapped/.DS_Store", "wrapped/assignment_1_export/._submission_11"):
        (tmp_path / "in" / name).write_text("")
    found = find_submissions(zipped(tmp_path / "in", tmp_path / "x.zip"), tmp_path / "unpacked")
    assert [each.id for each in found] == ["submission_11", "submission_12", "submission_13"]
