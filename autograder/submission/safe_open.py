"""Files and folders below a folder, opened so that no link is followed: not one that was there from the start, and not
one that is put in the place of a folder or a file while it is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from autograder.text import megabytes

# NONBLOCK: opening a pipe must not wait for a writer. NOCTTY: nor make a terminal ours.
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A folder that is only walked through need not be readable, on Linux.
_THROUGH = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
NO_FILE = "is neither a file nor a folder"


@contextmanager
def folder(parts: Sequence[str], *, root: int | None = None, through: bool = False) -> Iterator[int]:
    """The descriptor of a folder, opened step by step. Raises OSError where a step is no folder or may not be opened.

    Args:
        parts: the names of the steps; the first may be a path, whose last name alone must be no link then.
        root: the descriptor of the folder that the first step is in; it stays open.
        through: the folder is only walked through, not listed.
    """
    here = root
    try:
        for step, part in enumerate(parts):
            below = os.open(part, _THROUGH if through or step < len(parts) - 1 else _FOLDER, dir_fd=here)
            if here is not None and here != root:
                os.close(here)
            here = below
        assert here is not None, "parts or a root are needed"
        yield here
    finally:
        if here is not None and here != root:
            os.close(here)


def content(parts: Sequence[str], limit: int, *, root: int | None = None) -> bytes | str:
    """The content of a regular file of at most `limit` bytes; else why it is not read, such as "is a link".

    parts, root: as for `folder`, the last part being the file.
    """
    try:
        with folder(parts[:-1], root=root, through=True) as there:
            # Looked at before it is opened: opening a device can already do something.
            why = _why_not(os.stat(parts[-1], dir_fd=there, follow_symlinks=False), limit)
            if why:
                return why
            with open(os.open(parts[-1], _FILE, dir_fd=there), "rb") as stream:
                why = _why_not(os.fstat(stream.fileno()), limit)  # it may be another one by now
                found = b"" if why else stream.read(limit + 1)
    except OSError:
        return "could not be opened"
    return why or (found if len(found) <= limit else _too_large(limit))


def _why_not(status: os.stat_result, limit: int) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "is a link, which is not followed"
    if not stat.S_ISREG(status.st_mode):
        return NO_FILE
    return _too_large(limit) if status.st_size > limit else ""


def _too_large(limit: int) -> str:
    return f"is larger than {megabytes(limit)}"
