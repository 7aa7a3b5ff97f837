"""The folder that students get: what in it differs from files made anew, and writing them."""

import errno
import os
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from autograder.fileio import cannot_write


def changed(files: Mapping[str, str], folder: Path) -> list[str]:
    """The names of those files that `folder` does not hold as they are here, ends of lines aside."""
    return [name for name, text in files.items() if _text(folder / name) != text]


def others(files: Collection[str], folder: Path) -> list[str]:
    """The names of what else is in the folder, without what Python and editors leave there."""
    there = folder.iterdir() if folder.is_dir() else ()
    return sorted(path.name for path in there if path.name not in {*files, "__pycache__"} and path.name[0] != ".")


def write(files: Mapping[str, str], folder: Path) -> None:
    """Put the files into the folder: all are written beside, then renamed, so that there is never half a template. What
    else is there stays. Raises CannotWrite."""
    try:
        if blocked := [name for name in files if (folder / name).is_dir()]:
            raise IsADirectoryError(errno.EISDIR, f"{blocked[0]} is a folder")
        place = folder if folder.exists() else folder.parent  # where renaming is possible, and allowed
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".handout-", dir=place) as beside:
            made = Path(beside, "made")
            made.mkdir()
            for name, text in files.items():
                (made / name).write_text(text, encoding="utf-8", newline="\n")
            if place == folder:
                for name in files:
                    os.replace(made / name, folder / name)
            else:
                made.rename(folder)
    except OSError as error:
        raise cannot_write(folder, error) from None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
