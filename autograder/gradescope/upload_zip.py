"""The zip to upload as a Gradescope autograder: all that grading needs. The same files always give the same bytes.

Format: setup.sh and an executable run_autograder at the root
(https://gradescope-autograders.readthedocs.io/en/latest/specs/).
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UserError
from autograder.rubric import Lab, own_files, text_with_key

PROJECT = Path(__file__).resolve().parents[2]
SCRIPTS = ("run_autograder", "setup.sh")
INSTALLED = ("LICENSE", "constraints.txt", "pyproject.toml")
LEFT_OUT = "autograder/authoring/new_lab/"  # makes new labs, and holds the files of one
MIDNIGHT = (1980, 1, 1, 0, 0, 0)  # the zip format's first moment


class CannotPack(UserError):
    """A file for the zip cannot be read; str() says which, why, and how to fix it."""


@dataclass(frozen=True)
class Packed:
    """A finished zip: its bytes and the names of the files in it."""

    content: bytes
    names: tuple[str, ...]


def pack(lab: Lab, beside: Mapping[str, str] | None = None) -> Packed:
    """The grader and a lab as a zip.

    Args:
        lab: the lab to grade.
        beside: the texts of more files to put beside rubric.yaml, by name.

    Raises CannotPack.
    """
    files = {name: PROJECT / name for name in (*SCRIPTS, *INSTALLED)}
    grader = _below(PROJECT / "autograder", "autograder")
    files |= {name: path for name, path in grader.items() if not name.startswith(LEFT_OUT)}
    files |= _below(lab.reference, "reference")
    files |= {path.relative_to(lab.folder).as_posix(): path for path in own_files(lab)}
    texts = {"rubric.yaml": text_with_key(lab).replace("\r\n", "\n"), **(beside or {})}
    names = tuple(sorted({*files, *texts}))
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(packed, "w") as archive:
            for name in names:
                archive.writestr(
                    _entry(name), texts[name].encode() if name in texts else _with_lf(files[name].read_bytes())
                )
    except OSError as error:
        raise CannotPack(
            f"{error.filename}: it cannot be read ({error.strerror}); build from a full checkout"
        ) from None
    return Packed(packed.getvalue(), names)


def _below(folder: Path, name: str) -> dict[str, Path]:
    """All files in a folder by their names in the zip, without caches and editors' backup files."""
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        f"{name}/{inside.as_posix()}": path
        for inside, path in found.items()
        if not any(part == "__pycache__" or part.startswith(".") or part.endswith("~") for part in inside.parts)
    }


def _entry(name: str) -> zipfile.ZipInfo:
    """The header of one file in the zip. It does not depend on the machine, its clock or its file modes."""
    entry = zipfile.ZipInfo(name, MIDNIGHT)
    entry.create_system = 3  # Unix; otherwise the mode is ignored
    entry.external_attr = (0o100755 if name in SCRIPTS else 0o100644) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _with_lf(content: bytes) -> bytes:
    """A text with Linux line ends, even if it was checked out on Windows; a binary file unchanged."""
    return content if b"\0" in content else content.replace(b"\r\n", b"\n")
