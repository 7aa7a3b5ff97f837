"""The files of a submission before they are interpreted, and the rules for files that nobody submits on purpose."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

MAX_FILES = 2000
MAX_FILE_BYTES = 10_000_000
MAX_NOTEBOOK_BYTES = 20_000_000  # the file includes its outputs, such as pictures
MAX_TOTAL_BYTES = 20_000_000

_JUNK = frozenset(
    (
        *("__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".git", ".hg", ".svn", ".idea", ".vscode"),
        *("__pycache__", ".venv", "venv", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache"),
        *(".ruff_cache", "node_modules"),
    )
)
_WANTED = (".py", ".yaml", ".yml", ".ipynb", ".txt", ".zip")
# Longer names cannot be written to every common file system.
_MAX_PART_BYTES, _MAX_PATH_BYTES = 200, 800


@dataclass(frozen=True)
class FileSet:
    """The files of a submission. Paths are relative, with forward slashes."""

    files: Mapping[str, bytes]  # content by path
    refused: Mapping[str, str]  # why a file could not be read ("is a link"), by path
    folders: frozenset[str]  # their paths
    notes: tuple[str, ...] = ()  # for the student, one sentence each
    single: bool = False  # whether the submission is one file, without a folder


def most_bytes(path: str) -> int:
    """The maximum size of a file of this name, in bytes."""
    return MAX_NOTEBOOK_BYTES if path.lower().endswith(".ipynb") else MAX_FILE_BYTES


def is_junk(name: str) -> bool:
    """Whether an operating system, editor or tool created the file or folder of this name."""
    return name.lower() in _JUNK or name.startswith("._")


def is_too_long(path: str) -> bool:
    """Whether some file systems could not store a file under this relative path."""
    longest = max(len(os.fsencode(part)) for part in path.split("/"))
    return longest > _MAX_PART_BYTES or len(os.fsencode(path)) > _MAX_PATH_BYTES


def wanted_first(path: str) -> tuple[bool, int, str]:
    """Sort key: code, answers and zips before data, then by depth, then by name.

    When the limits on number and size are reached, the data files are left out and not the program.
    """
    return not path.lower().endswith(_WANTED), path.count("/"), path
