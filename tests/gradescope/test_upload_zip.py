"""The zip for Gradescope: all that grading needs, nothing else, and the same bytes wherever it is made."""

import os
import shutil
import stat
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

from autograder import fileio, rubric
from autograder.gradescope import upload_zip


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is packed, with what a working tree has beside it."""
    copy = tmp_path / "checkout"
    for folder in ("autograder", "reference"):
        shutil.copytree(ROOT / folder, copy / folder)
    for name in (*upload_zip.SCRIPTS, *upload_zip.INSTALLED, "rubric.yaml"):
        shutil.copy2(ROOT / name, copy / name)
    for name in ("reference/__pycache__/Lab4.pyc", "reference/.DS_Store", "reference/Lab4.py~", "tests/test_it.py"):
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).touch()
    monkeypatch.setattr(upload_zip, "PROJECT", copy)
    return copy


def test_builds_are_reproducible(checkout: Path, tmp_path: Path) -> None:
    first = upload_zip.pack(rubric.load(checkout), tmp_path / "first.zip")
    for path in checkout.rglob("*"):
        os.utime(path, (0, 0))
        if path.suffix in (".py", ".sh", ".yaml", ".txt", ".toml"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
            path.chmod(0o600)
    second = upload_zip.pack(rubric.load(checkout), tmp_path / "second.zip")
    assert first.path.read_bytes() == second.path.read_bytes()
    assert b"\r" not in zipfile.ZipFile(second.path).read("setup.sh")


def test_entry_points_are_executable(checkout: Path, tmp_path: Path) -> None:
    upload_zip.pack(rubric.load(checkout), tmp_path / "zip")
    modes = {entry.filename: entry.external_attr >> 16 for entry in zipfile.ZipFile(tmp_path / "zip").infolist()}
    assert {name for name, mode in modes.items() if mode & stat.S_IXUSR} == {"setup.sh", "run_autograder"}
    assert {entry.create_system for entry in zipfile.ZipFile(tmp_path / "zip").infolist()} == {3}
    assert set(modes.values()) == {stat.S_IFREG | 0o755, stat.S_IFREG | 0o644}


def test_zip_has_only_what_grading_needs(checkout: Path, tmp_path: Path) -> None:
    packed = upload_zip.pack(rubric.load(checkout), tmp_path / "zip")
    assert zipfile.ZipFile(packed.path).namelist() == list(packed.names)
    assert packed.size == packed.path.stat().st_size
    top = {name.partition("/")[0] for name in packed.names}
    assert top == {"autograder", "reference", "rubric.yaml", *upload_zip.SCRIPTS, *upload_zip.INSTALLED}
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "autograder").rglob("*.py")}
    assert {name for name in sources if not name.startswith("autograder/authoring/new_lab/")} <= set(packed.names)
    assert not [name for name in packed.names if name.startswith("autograder/authoring/new_lab/")]
    assert {name for name in packed.names if name.startswith("reference/")} == {
        "reference/Lab4.py",
        "reference/answers.yaml",
        "reference/handout.md",
    }


def test_bytes_that_are_no_text_are_kept(checkout: Path, tmp_path: Path) -> None:
    (checkout / "reference/weights.bin").write_bytes(b"\0\r\n")
    upload_zip.pack(rubric.load(checkout), tmp_path / "zip")
    assert zipfile.ZipFile(tmp_path / "zip").read("reference/weights.bin") == b"\0\r\n"


def test_another_lab_brings_its_own_rubric_and_reference(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "reference", tmp_path / "lab/reference")
    (tmp_path / "lab/rubric.yaml").write_text((ROOT / "rubric.yaml").read_text() + "# another\n")
    upload_zip.pack(rubric.load(tmp_path / "lab"), tmp_path / "zip")
    assert zipfile.ZipFile(tmp_path / "zip").read("rubric.yaml").endswith(b"# another\n")


def test_unwritable_zip_leaves_nothing(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(fileio.CannotWrite, match=r"folder: it cannot be written"):
        upload_zip.pack(rubric.load(checkout), tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkout", "folder"]


def test_an_incomplete_checkout_is_named(checkout: Path, tmp_path: Path) -> None:
    (checkout / "setup.sh").unlink()
    with pytest.raises(upload_zip.CannotPack, match=r"setup\.sh: it cannot be read"):
        upload_zip.pack(rubric.load(checkout), tmp_path / "zip")
    assert not (tmp_path / "zip").exists()
