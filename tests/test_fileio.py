"""A file is written whole or not at all, and an error says where and what to do."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.fileio import CannotWrite, kind, remedy, write_bytes, write_text


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    write_text(tmp_path / "a/b/c", "é")
    assert (tmp_path / "a/b/c").read_bytes() == "é".encode()
    write_bytes(tmp_path / "a/b/c", b"new")
    assert (tmp_path / "a/b/c").read_bytes() == b"new"
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["c"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    write_text(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "x"


def test_a_link_in_the_way_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("kept")
    (tmp_path / f".x.{os.getpid()}").symlink_to("other")
    write_text(tmp_path / "x", "new")
    assert (tmp_path / "x").read_text() == "new"
    assert (tmp_path / "other").read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "x"]


def test_what_is_no_file_is_written_into_and_stays(tmp_path: Path) -> None:
    write_text(Path(os.devnull), "x")
    assert not Path(os.devnull).is_file()
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_text(tmp_path / "pipe", "x")
    assert os.read(reader, 9) == b"x"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
def test_a_name_of_the_standard_output_is_that(name: str) -> None:
    code = f"from pathlib import Path; from autograder import fileio; fileio.write_text(Path({name!r}), 'é')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == "é".encode()


def test_whoever_reads_only_a_part_of_it_has_had_enough() -> None:
    code = "from pathlib import Path; from autograder import fileio; fileio.write_text(Path('-'), 'x' * 1_000_000)"
    command = ["sh", "-c", '"$0" -c "$1" | head -c 3', sys.executable, code]
    read = subprocess.run(command, capture_output=True, text=True)
    assert (read.stdout, read.stderr) == ("xxx", "")


def test_what_is_there_is_told_whatever_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("folder")
    (tmp_path / "long").symlink_to("x" * 300)
    os.mkfifo(tmp_path / "pipe")
    names = ("folder", "file", "link", "long", "pipe", "none", "x" * 300)
    assert [kind(tmp_path / name) for name in names] == ["folder", "file", "link", "link", "", "", ""]


@pytest.mark.parametrize(
    ("place", "why"), [("folder", "Is a directory"), ("file/below", "File exists|Not a directory")]
)
def test_what_cannot_be_written_is_one_sentence(tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old")
    sentence = rf"{place}: it cannot be written \(({why})\); name another place with --here"
    with pytest.raises(CannotWrite, match=sentence), remedy("name another place with --here"):
        write_bytes(tmp_path / place, b"x")
    assert (tmp_path / "file").read_text() == "old"


def test_remedy_is_said_once() -> None:
    """By whoever is nearest to the file that cannot be written, also in another process."""
    with pytest.raises(CannotWrite) as caught, remedy("with --out"), remedy("by TMPDIR"):
        raise CannotWrite("a: it cannot be written", 28)
    assert str(caught.value) == "a: it cannot be written; by TMPDIR"
    sent = pickle.loads(pickle.dumps(caught.value))
    assert (str(sent), sent.errno) == (str(caught.value), 28)
    assert str(CannotWrite("a: it is there already")) == "a: it is there already"


def test_when_renaming_fails_the_old_file_stays_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "file").write_text("old")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CannotWrite, match="No space left"):
        write_text(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1
