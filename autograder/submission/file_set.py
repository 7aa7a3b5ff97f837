"""What was handed in, file by file, before anybody asks what it means; and what nobody means to hand in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

MAX_FILES = 2000
MAX_FILE_BYTES = 10_000_000
MAX_NOTEBOOK_BYTES = 20_000_000  # its outputs, pictures above all, are in the file
MAX_TOTAL_BYTES = 20_000_000

_JUNK = frozenset(
    (
        *("__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".git", ".hg", ".svn", ".idea", ".vscode"),
        *("__pycache__", ".venv", "venv", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache"),
        *(".ruff_cache", "node_modules"),
    )
)
_WANTED = (".py", ".yaml", ".yml", ".ipynb", ".txt", ".zip")
# What every usual file system can write.
_MAX_PART_BYTES, _MAX_PATH_BYTES = 200, 800


@dataclass(frozen=True)
class FileSet:
    """files: content by relative posix path · refused: why a file could not be read, by path ·
    folders: the paths of the folders · notes: what has to be said, one sentence each ·
    single: whether it was one file by itself"""

    files: Mapping[str, bytes]
    refused: Mapping[str, str]
    folders: frozenset[str]
    notes: tuple[str, ...] = ()
    single: bool = False


def most_bytes(path: str) -> int:
    """How large a file of this name may be."""
    return MAX_NOTEBOOK_BYTES if path.lower().endswith(".ipynb") else MAX_FILE_BYTES


def is_junk(name: str) -> bool:
    """Whether an operating system, editor or tool made the file or folder of this name."""
    return name.lower() in _JUNK or name.startswith("._")


def is_too_long(path: str) -> bool:
    """Whether a file of this relative path could not be written everywhere."""
    longest = max(len(os.fsencode(part)) for part in path.split("/"))
    return longest > _MAX_PART_BYTES or len(os.fsencode(path)) > _MAX_PATH_BYTES


def wanted_first(path: str) -> tuple[bool, int, str]:
    """Sort key: code, answers and zips before data, then the outer folders, then by name.

    With it the limits on number and size never cost the student the program because of the data beside it.
    """
    return not path.lower().endswith(_WANTED), path.count("/"), path
