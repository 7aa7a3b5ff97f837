"""The folder that students get: write its files, or compare them with the files generated now."""

import errno
import os
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from autograder.fileio import cannot_write


def changed(files: Mapping[str, str], folder: Path) -> list[str]:
    """The names of those files that are missing from `folder` or differ there, apart from line endings."""
    return [name for name, text in files.items() if _text(folder / name) != text]


def others(files: Collection[str], folder: Path) -> list[str]:
    """The names of everything else in the folder, except what Python and editors leave there."""
    there = folder.iterdir() if folder.is_dir() else ()
    return sorted(path.name for path in there if path.name not in {*files, "__pycache__"} and path.name[0] != ".")


def write(files: Mapping[str, str], folder: Path) -> None:
    """Write the files into the folder. Other files there are left unchanged. Raises CannotWrite.

    All files are written to a temporary folder first and then renamed, so that the template is never half written.
    """
    try:
        if blocked := [name for name in files if (folder / name).is_dir()]:
            raise IsADirectoryError(errno.EISDIR, f"{blocked[0]} is a folder")
        place = folder if folder.exists() else folder.parent  # on the same file system, and writable
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".handout-", dir=place) as beside:
            staged = Path(beside, "made")
            staged.mkdir()
            for name, text in files.items():
                (staged / name).write_text(text, encoding="utf-8", newline="\n")
            if place == folder:
                for name in files:
                    os.replace(staged / name, folder / name)
            else:
                staged.rename(folder)
    except OSError as error:
        raise cannot_write(folder, error) from None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
