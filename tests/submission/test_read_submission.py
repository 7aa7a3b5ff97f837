"""What was submitted is found under any likely name and shape, and it is said; no bytes hurt the reader."""

import contextlib
import hashlib
import io
import json
import os
import socket
import stat
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import moments
from frozen import changeable
from hypothesis import given
from hypothesis import strategies as st

from autograder.submission import NotFound, Submission, Unreadable, file_set, read, unzip
from autograder.submission.select import rank
from autograder.text import clean

CODE = b"x = 1\n"
PAPER = b"task1:\n  s: 1\n"
NOTEBOOK = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 2"}]}).encode()


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    folder.mkdir(exist_ok=True)
    return folder


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def read_zip(tmp_path: Path, data: bytes) -> Submission:
    return read(put(tmp_path / "in", {"lab.zip": data}) / "lab.zip")


def test_an_exact_submission_needs_no_remark(tmp_path: Path) -> None:
    submission = read(put(tmp_path, {"Lab4.py": CODE, "answers.yaml": PAPER, "data/x.csv": b"1"}))
    assert submission.program is not None
    assert (submission.program.name, submission.program.cells) == ("Lab4.py", ("x = 1\n",))
    assert submission.program.digest == hashlib.sha256(CODE).hexdigest()
    assert submission.answers is not None
    assert submission.answers.sections["task1"]["s"].value == 1
    assert dict(submission.files) == {"Lab4.py": CODE, "answers.yaml": PAPER, "data/x.csv": b"1"}
    assert (submission.notes, submission.problems) == ((), ())


def test_every_submitted_file_changes_the_draw(tmp_path: Path) -> None:
    """Else a table in a file beside it could be filled with what the last attempt has told."""
    files = {"Lab4.py": b"from helper import *\n", "helper.py": b"x = 1\n", "data/x.csv": b"1"}
    others = [{**files, "helper.py": b"x = 2\n"}, {**files, "data/x.csv": b"2"}, {**files, "data/y.csv": b""}]
    others += [{**files, "answers.yaml": b"task1:\n"}, {"Lab4.py": files["Lab4.py"]}, {**files, "Lab4.py": b"y = 1\n"}]
    read_from = [read(put(tmp_path / str(number), each)) for number, each in enumerate([files, *others])]
    assert len({submission.digest for submission in read_from}) == len(read_from)
    assert read(put(tmp_path / "again", files)).digest == read_from[0].digest
    assert read(put(tmp_path / "paper", {"answers.yaml": PAPER})).digest == ""


@pytest.mark.parametrize(
    "name",
    [
        *("lab4.py", "LAB4.PY", "Lab4 (1).py", "Lab4(2).py", "Lab4-1.py", "Lab4_v2.py", "lab4 copy.py"),
        *(
            "Copy of Lab4.py",
            "Lab 4.py",
            "lab_04.py",
            "Lab4.py.txt",
            "smith_12345_Lab4.py",
            "sub/Lab4.py",
            "only_one.py",
            "a/b/lab4.py",
        ),
    ],
)
def test_the_program_is_found_under_likely_names_and_it_is_said(tmp_path: Path, name: str) -> None:
    submission = read(put(tmp_path, {name: CODE, "answers.yaml": PAPER}))
    assert submission.program is not None
    assert submission.program.name == name.rpartition("/")[2]
    assert submission.notes == (f"{name} was read as Lab4.py.",)
    assert dict(submission.files)[submission.program.name] == CODE
    assert submission.problems == ()


@pytest.mark.parametrize(
    "name", ["answers.yml", "Answers.YAML", "answers (1).yaml", "answers.txt", "x/answers.yaml", "my.yml"]
)
def test_the_answers_are_found_under_likely_names_and_it_is_said(tmp_path: Path, name: str) -> None:
    submission = read(put(tmp_path, {name: PAPER, "Lab4.py": CODE}))
    assert submission.answers is not None
    assert submission.notes == (f"{name} was read as answers.yaml.",)


@pytest.mark.parametrize(
    "name", ["Lab40.py", "test_Lab4.py", "Lab4_test.py", "collab4.py", "Lab4.txt", "Lab4.yaml", "Lab4"]
)
def test_other_names_do_not_fit(name: str) -> None:
    assert rank(name, "Lab4.py") is None


def test_the_exact_name_wins_and_the_others_are_named(tmp_path: Path) -> None:
    files = {"a/Lab4.py": CODE, "Lab4 (1).py": b"y", "lab4.py": b"z", "answers.yaml": PAPER}
    submission = read(put(tmp_path, files))
    assert submission.program is not None
    assert submission.program.cells == ("x = 1\n",)
    assert submission.notes == ("a/Lab4.py was read as Lab4.py; also found, and ignored: lab4.py, Lab4 (1).py.",)


def test_two_likely_files_are_refused_unless_they_are_the_same(tmp_path: Path) -> None:
    two = put(tmp_path / "two", {"Lab4 (1).py": CODE, "Lab4 (2).py": b"y = 1", "answers.yaml": PAPER})
    assert read(two).program is None
    assert read(two).answers is not None
    assert read(two).problems == (
        "It is not clear which file is your Lab4.py; submit only one of these: Lab4 (1).py, Lab4 (2).py.",
    )
    same = put(tmp_path / "same", {"Lab4 (1).py": CODE, "Lab4 (2).py": CODE})
    assert read(same).program is not None


def test_a_notebook_is_read_and_a_program_beside_it_wins(tmp_path: Path) -> None:
    alone = read(put(tmp_path / "alone", {"Lab4.ipynb": NOTEBOOK, "utils.py": CODE}))
    assert alone.program is not None
    assert alone.program.cells == ("x = 2",)
    assert read(put(tmp_path / "b", {"Lab4 (1).ipynb": NOTEBOOK})).program is not None
    assert read(put(tmp_path / "c", {"Untitled0.ipynb": NOTEBOOK})).program is not None
    renamed = read(put(tmp_path / "d", {"Lab4.py": NOTEBOOK}))
    assert renamed.program is not None
    assert renamed.program.cells == ("x = 2",)
    beside = read(put(tmp_path / "e", {"Lab4.ipynb": NOTEBOOK, "Lab4.py": CODE, "answers.yaml": PAPER}))
    assert beside.program is not None
    assert beside.program.cells == ("x = 1\n",)
    assert beside.notes == ("Lab4.py was read; also found, and ignored: Lab4.ipynb.",)


def test_notebook_commands_in_a_program_are_left_out_and_said(tmp_path: Path) -> None:
    submission = read(put(tmp_path, {"Lab4.py": b"!pip install torch\nx = 1", "answers.yaml": PAPER}))
    assert submission.program is not None
    assert submission.program.cells == ("pass\nx = 1",)
    assert submission.notes == ("Notebook commands (% ! ?) in Lab4.py were left out: line 1.",)


def test_nothing_found_names_what_was_found(tmp_path: Path) -> None:
    assert read(put(tmp_path / "a", {})).problems == (
        "No Lab4.py was found; submit a file with that name. The submission has no other files.",
        "No answers.yaml was found; submit a file with that name. The submission has no other files.",
    )
    files = {"a.py": CODE, "b.py": CODE, "a.yaml": PAPER, "b.yaml": PAPER}
    assert read(put(tmp_path / "b", files)).problems[0] == (
        "No Lab4.py was found; submit a file with that name. Found: a.py, a.yaml, b.py, b.yaml."
    )


def test_one_part_is_read_when_the_other_cannot_be(tmp_path: Path) -> None:
    no_code = read(put(tmp_path / "a", {"Lab4.py": b"\0", "answers.yaml": PAPER}))
    assert no_code.program is None
    assert no_code.answers is not None
    assert no_code.problems == ("Lab4.py is not a text file (it contains binary data); submit plain text.",)
    no_paper = read(put(tmp_path / "b", {"Lab4.py": CODE, "answers.yaml": b"x" * 1_000_001}))
    assert no_paper.program is not None
    assert no_paper.answers is None
    assert "answers.yaml is 1.0 MB" in no_paper.problems[0]
    bad_notebook = read(put(tmp_path / "c", {"Lab4.ipynb": b"{", "answers.yaml": PAPER}))
    assert "is not a notebook" in bad_notebook.problems[0]


def test_a_single_file_is_the_program_or_by_its_name_the_answers(tmp_path: Path) -> None:
    put(tmp_path, {"mine.py": CODE, "answers.yml": PAPER})
    program = read(tmp_path / "mine.py")
    assert program.program is not None
    assert program.answers is None
    assert program.problems == ()
    assert program.notes == (
        "mine.py was read as Lab4.py.",
        "Only the program was submitted, so no answers.yaml was read; submit the folder that contains both.",
    )
    answers = read(tmp_path / "answers.yml")
    assert answers.program is None
    assert answers.answers is not None
    assert "Only the answers were submitted" in answers.notes[0]


def test_a_missing_path_is_a_usage_error(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path / "a\0b", tmp_path / ("x" * 5000)):
        with pytest.raises(NotFound, match="check the path"):
            read(path)


def test_what_is_no_file_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unreadable, match="neither a file nor a folder"):
        read(tmp_path / "pipe")
    with pytest.raises(Unreadable, match="neither a file nor a folder"):
        read(Path("/dev/zero"))
    with pytest.raises(Unreadable, match="not a zip file that can be read"):
        read(put(tmp_path, {"lab.rar": b"Rar!"}) / "lab.rar")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)  # the address of a socket may not be long
        server.bind("s")
        os.mkfifo(tmp_path / "Lab4.py")
        submission = read(tmp_path)
    assert submission.problems[0] == "Lab4.py is neither a file nor a folder; submit the file itself."
    assert "pipe was left out: it is neither a file nor a folder." in submission.notes


def test_links_are_followed_inside_the_folder_only(tmp_path: Path) -> None:
    put(tmp_path, {"secret.py": b"secret", "outside/x.txt": b"secret"})
    inside = put(tmp_path / "in", {"code.py": CODE, "sub/y.txt": b"y"})
    (inside / "Lab4.py").symlink_to("code.py")
    (inside / "answers.yaml").symlink_to("../secret.py")
    (inside / "folder").symlink_to("../outside")
    (inside / "own").symlink_to("sub")
    (inside / "loop").symlink_to("loop")
    submission = read(inside)
    assert submission.program is not None
    assert submission.program.cells == ("x = 1\n",)
    assert "answers.yaml is a link that points outside" in submission.problems[0]
    assert set(dict(submission.files)) == {"Lab4.py", "code.py", "sub/y.txt"}
    assert "own was left out: it is a link to a folder, which is not followed." in submission.notes


def test_a_folder_of_the_programs_name_is_refused_or_looked_into(tmp_path: Path) -> None:
    (tmp_path / "a" / "Lab4.py").mkdir(parents=True)
    assert read(tmp_path / "a").problems[0] == "Lab4.py is a folder, not a file; submit the file Lab4.py itself."
    looked = read(put(tmp_path / "b", {"Lab4.py/Lab4.py": CODE}))
    assert looked.program is not None
    clash = read(put(tmp_path / "c", {"Lab4.py/notes.txt": b"x", "lab4 (1).py": CODE, "answers.yaml": PAPER}))
    assert set(dict(clash.files)) == {"lab4 (1).py", "answers.yaml"}
    assert "Left out of your working directory" in clash.notes[-1]


def test_what_tools_leave_behind_is_skipped(tmp_path: Path) -> None:
    junk = [
        "__MACOSX/Lab4.py",
        "__pycache__/Lab4.py",
        ".git/Lab4.py",
        "venv/Lab4.py",
        "my/pyvenv.cfg",
        "my/Lab4.py",
    ]
    files = dict.fromkeys([*junk, ".ipynb_checkpoints/Lab4.py", "._Lab4.py", ".DS_Store"], b"junk") | {"Lab4.py": CODE}
    assert dict(read(put(tmp_path / "a", files)).files) == {"Lab4.py": CODE}
    assert dict(read_zip(tmp_path, zipped(files)).files) == {"Lab4.py": CODE}


def test_helpers_keep_their_place_beside_the_program(tmp_path: Path) -> None:
    files = {
        "w/Lab4.py": CODE,
        "w/utils.py": b"u",
        "w/d/x.csv": b"1",
        "answers.yaml": PAPER,
        "utils.py": b"outer",
    }
    submission = read_zip(tmp_path, zipped(files))
    assert dict(submission.files) == {
        "Lab4.py": CODE,
        "utils.py": b"u",
        "d/x.csv": b"1",
        "answers.yaml": PAPER,
    }


def test_too_many_files_still_leave_the_program(tmp_path: Path) -> None:
    big = {f"a{number}.bin": bytes(6_000_000) for number in range(5)} | {
        "a.bin": bytes(10_000_001),
        "x" * 220: b"x",
    }
    submission = read(put(tmp_path / "big", big | {"Lab4.py": CODE, "answers.yaml": PAPER}))
    assert submission.program is not None
    assert set(dict(submission.files)) == {"Lab4.py", "answers.yaml", "a0.bin"}
    assert any("a.bin was left out: it is larger than 10.0 MB." in note for note in submission.notes)
    many = put(tmp_path / "many", {f"d{i % 3}/{i}.txt": b"x" for i in range(2100)} | {"Lab4.py": CODE})
    submission = read(many)
    assert submission.program is not None
    assert len(submission.files) == 500
    assert any("not all of them were read" in note for note in submission.notes)


def test_many_odd_files_give_few_notes(tmp_path: Path) -> None:
    put(tmp_path, {"Lab4.py": CODE, "answers.yaml": PAPER})
    for number in range(20):
        (tmp_path / f"link{number}").symlink_to("/etc/hosts")
    assert read(tmp_path).notes[-1] == "15 more files were left out."
    assert len(read(tmp_path).notes) == 6


def test_very_deep_and_very_full_folders_take_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"d/" * 40 + "x.txt": b"x", "Lab4.py": CODE})
    assert set(dict(read(tmp_path).files)) == {"Lab4.py"}
    monkeypatch.setattr(sys.modules["autograder.submission.read_files"], "MAX_LISTED", 5)
    assert any("not all of them were read" in note for note in read(tmp_path).notes)


def test_what_may_not_be_opened_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    put(tmp_path, {"Lab4.py": CODE, "sub/x": b""})
    scandir, sub, opened = os.scandir, (tmp_path / "sub").stat(), os.open
    closed = lambda place: refuse() if os.path.samestat(os.fstat(place), sub) else scandir(place)  # noqa: E731
    monkeypatch.setattr(os, "scandir", closed)
    assert read(tmp_path).program is not None
    unopened = lambda name, *more, **at: refuse() if name == "Lab4.py" else opened(name, *more, **at)  # noqa: E731
    monkeypatch.setattr(os, "open", unopened)
    assert read(tmp_path).problems[0] == "Lab4.py could not be opened; submit the file itself."
    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(Unreadable, match="check its permissions"):
        read(tmp_path)


def test_zip_is_recognized_by_content(tmp_path: Path) -> None:
    files = {"lab/": b"", ".": b"", "lab/lab4.py": CODE, "lab\\answers.yaml": PAPER}
    path = put(tmp_path, {"handed-in": zipped(files)}) / "handed-in"
    submission = read(path)
    assert submission.program is not None
    assert submission.answers is not None
    assert submission.notes == (
        "lab/lab4.py was read as Lab4.py.",
        "lab/answers.yaml was read as answers.yaml.",
    )
    assert dict(submission.files) == {"lab4.py": CODE, "answers.yaml": PAPER}


def test_a_zip_inside_is_opened_one_level_deep(tmp_path: Path) -> None:
    inner = zipped({"w/Lab4.py": CODE, "w/deep.zip": zipped({"answers.yaml": PAPER}), "w/empty/": b""})
    submission = read(put(tmp_path / "a", {"lab.zip": inner}))
    assert submission.program is not None
    assert submission.answers is None
    assert submission.notes == ("lab.zip/w/Lab4.py was read as Lab4.py.",)
    assert set(dict(submission.files)) == {"Lab4.py", "deep.zip"}
    broken = read(put(tmp_path / "b", {"lab.zip": inner[:-30]}))
    assert broken.notes == ("lab.zip is not a zip file that can be read; create it again.",)


def linked() -> bytes:
    info = zipfile.ZipInfo("Lab4.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (linked, "is a link, not a file"),
        (lambda: zipped({"Lab4.py": CODE * 99}, zipfile.ZIP_LZMA), "uses a compression method"),
        (lambda: zipped({"Lab4.py": CODE}).replace(b"Lab4.py", b"Lab4.pz", 1), "damaged"),
        (lambda: zipped({"Lab4.py": os.urandom(10_000_001)}, zipfile.ZIP_STORED), "is larger than 10.0 MB"),
        (lambda: zipped({"d/" * 500 + "x": b"", "Lab4.py": b"\0"}), "binary"),
    ],
    ids=["link", "lzma", "damaged", "large", "long name"],
)
def test_a_bad_file_in_a_zip_costs_that_file_only(tmp_path: Path, build: Callable[[], bytes], says: str) -> None:
    assert says in read_zip(tmp_path, build()).problems[0]


def understated() -> bytes:
    """A zip whose directory states four bytes for what unpacks to a million."""
    data = bytearray(zipped({"Lab4.py": bytes(1_000_000)}))
    directory = data.index(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", 4)
    return bytes(data)


def test_a_zip_that_lies_about_its_sizes_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_zip(tmp_path, understated()).program is None
    monkeypatch.setattr(unzip, "_refusal", lambda *_: "")
    big = zipped({"Lab4.py": os.urandom(file_set.MAX_FILE_BYTES + 1)}, zipfile.ZIP_STORED)
    assert "is damaged inside the zip" in read_zip(tmp_path, big).problems[0]


def encrypted() -> bytes:
    data = bytearray(zipped({"Lab4.py": CODE}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.no_cover  # tracing is not what is timed
@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: zipped({"../Lab4.py": CODE}), "leads out of its folder"),
        (lambda: zipped({"a/../../Lab4.py": CODE}), "leads out of its folder"),
        (lambda: zipped({"/etc/Lab4.py": CODE}), "leads out of its folder"),
        (lambda: zipped({"C:\\Lab4.py": CODE}), "leads out of its folder"),
        (lambda: zipped({"..\\Lab4.py": CODE}), "leads out of its folder"),
        (encrypted, "protected by a password"),
        (lambda: zipped({"Lab4.py": CODE})[:-30], "is not a zip file that can be read"),
        (lambda: b"not a zip", "is not a zip file that can be read"),
        (lambda: zipped({"a": bytes(50_000_000)}), "unpacks to far more than its size"),
        (lambda: zipped({f"{i}": bytes(5_000_000) for i in range(5)}), "unpacks to more than 20.0 MB"),
        (lambda: zipped({f"{i}": b"" for i in range(2001)}), "too many files"),
        (lambda: zipped({"Lab4.py": CODE}) + b"PK\x01\x02" * 20_001, "too many files"),
        (lambda: b"PK\x03\x04" + bytes(50_000_000), "is larger than 50.0 MB"),
    ],
)
def test_a_bad_zip_is_refused_at_once_with_a_sentence(tmp_path: Path, build: Callable[[], bytes], says: str) -> None:
    path = put(tmp_path, {"lab.zip": build()}) / "lab.zip"
    start = time.process_time()
    with pytest.raises(Unreadable, match=says):
        read(path)
    assert time.process_time() - start < moments(50)


_NAMES = st.sampled_from(["Lab4.py", "lab4.zip", "answers.yaml", "Lab4.ipynb", "d/Lab4.py", "../x", "d", "a" * 300])


@given(
    data=st.binary(max_size=400),
    name=st.sampled_from(["Lab4.py", "lab.zip", "answers.yaml", "Lab4.ipynb", "x"]),
)
def test_any_file_is_a_submission_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    path = put(tmp_path_factory.mktemp("any"), {name: data}) / name
    for place in (path, path.parent):
        with contextlib.suppress(Unreadable):
            said = [*read(place).notes, *read(place).problems]
            assert all(clean(sentence, 10_000) == sentence and "\n" not in sentence for sentence in said)


@given(
    files=st.dictionaries(_NAMES, st.binary(max_size=50), max_size=4),
    flips=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6),
)
def test_any_damaged_zip_is_a_submission_or_refused(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], flips: list[tuple[int, int]]
) -> None:
    data = bytearray(zipped(files))
    for place, value in flips:
        data[place % len(data)] = value
    path = put(tmp_path_factory.mktemp("zip"), {"lab.zip": bytes(data)})
    for place_read in (path, path / "lab.zip"):
        try:
            submission = read(place_read)
        except Unreadable:
            continue
        for name, _ in submission.files:
            assert not name.startswith("/")
            assert ".." not in name.split("/")


def test_a_name_that_is_not_utf8_can_still_be_reported(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/Lab4 \xff.py", "wb") as stream:
        stream.write(CODE)
    submission = read(tmp_path)
    assert submission.program is not None
    assert submission.program.name == "Lab4 \ufffd.py"
    json.dumps(submission.notes).encode("utf-8", "strict")


ONE, TWO = b"def train(x):\n    return x\n", b"def forward(x):\n    return x\n\n\ndef main(): pass\n"


@pytest.mark.parametrize(
    ("files", "cells"),
    [
        ({"Lab4_task1.py": ONE, "Lab4_task2.py": TWO}, 2),
        ({"task1.py": ONE, "task2.py": TWO, "task3.py": b"def g(): pass\n\n\ndef main(): return 1\n"}, 3),
        ({"task1/Lab4.py": ONE, "task2/Lab4.py": TWO}, 2),
        ({"Lab4_task1.py": ONE + TWO, "Lab4_task2.py": TWO}, 2),  # the same function in both
        ({"Lab4_task1.ipynb": NOTEBOOK.replace(b"x = 2", b"def f(): pass"), "Lab4_task2.py": TWO}, 2),
        ({"Lab4_task1.py": ONE, "Lab4_task2.py": ONE.replace(b"return x", b"return -x")}, None),
        ({"Lab4_task1.py": ONE, "Lab4_task2.py": b"x = 1\n"}, None),  # which defines nothing
        ({"Lab4_task1.py": ONE, "Lab4_task2.py": b"def f(:\n"}, None),
        ({"Lab4_task1.py": ONE, "Lab4_task2.py": b"\0"}, None),
        ({f"Lab4_task{n}.py": b"def f%d(): pass\n" % n for n in range(11)}, None),
    ],
)
def test_a_program_in_several_files_is_read_as_one(tmp_path: Path, files: dict[str, bytes], cells: int | None) -> None:
    submission = read(put(tmp_path, {**files, "answers.yaml": PAPER}))
    if cells is None:
        assert submission.program is None
        assert "is not clear" in submission.problems[0]
        return
    assert submission.program is not None
    assert len(submission.program.cells) == len(submission.program.titles) == cells
    assert submission.program.titles[-1] in "".join(files)
    assert submission.notes == (
        f"{', '.join(sorted(files))} were read together as Lab4.py, "
        "because they do not define any function differently.",
    )


def test_a_file_deep_in_a_zip_is_read(tmp_path: Path) -> None:
    path = "Users/ada/Documents/course/lab/Lab4.py"
    submission = read_zip(tmp_path, zipped({path: CODE, "answers.yaml": PAPER}))
    assert submission.program is not None
    assert submission.notes == (f"{path} was read as Lab4.py.",)


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.submission") == set()
