"""The zip for Gradescope: all that grading needs, nothing else, and the same bytes wherever it is made."""

import io
import os
import shutil
import stat
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

from autograder import rubric
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


def opened(packed: upload_zip.Packed) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(packed.content))


def test_builds_are_reproducible(checkout: Path) -> None:
    first = upload_zip.pack(rubric.load(checkout))
    for path in checkout.rglob("*"):
        os.utime(path, (0, 0))
        if path.suffix in (".py", ".sh", ".yaml", ".txt", ".toml"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
            path.chmod(0o600)
    second = upload_zip.pack(rubric.load(checkout))
    assert first.content == second.content
    assert b"\r" not in opened(second).read("setup.sh")


def test_entry_points_are_executable(checkout: Path) -> None:
    entries = opened(upload_zip.pack(rubric.load(checkout))).infolist()
    modes = {entry.filename: entry.external_attr >> 16 for entry in entries}
    assert {name for name, mode in modes.items() if mode & stat.S_IXUSR} == {"setup.sh", "run_autograder"}
    assert {entry.create_system for entry in entries} == {3}
    assert set(modes.values()) == {stat.S_IFREG | 0o755, stat.S_IFREG | 0o644}


def test_zip_has_only_what_grading_needs(checkout: Path) -> None:
    packed = upload_zip.pack(rubric.load(checkout))
    assert opened(packed).namelist() == list(packed.names)
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


def test_bytes_that_are_no_text_are_kept(checkout: Path) -> None:
    (checkout / "reference/weights.bin").write_bytes(b"\0\r\n")
    assert opened(upload_zip.pack(rubric.load(checkout))).read("reference/weights.bin") == b"\0\r\n"


def test_another_lab_brings_its_own_rubric_and_reference(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "reference", tmp_path / "lab/reference")
    (tmp_path / "lab/rubric.yaml").write_text((ROOT / "rubric.yaml").read_text() + "# another\n")
    packed = upload_zip.pack(rubric.load(tmp_path / "lab"))
    assert opened(packed).read("rubric.yaml").endswith(b"# another\n")


def test_an_incomplete_checkout_is_named(checkout: Path) -> None:
    (checkout / "setup.sh").unlink()
    with pytest.raises(upload_zip.CannotPack, match=r"setup\.sh: it cannot be read"):
        upload_zip.pack(rubric.load(checkout))
