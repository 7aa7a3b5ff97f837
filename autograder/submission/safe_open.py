"""Opens files and folders without following links, even if a file or folder is replaced by a link while it is read."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from autograder.text import megabytes

# NONBLOCK: opening a pipe must not wait for a writer. NOCTTY: a terminal must not become ours.
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# On Linux, a folder that is only passed through need not be readable.
_THROUGH = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
NO_FILE = "is neither a file nor a folder"


@contextmanager
def folder(parts: Sequence[str], *, root: int | None = None, through: bool = False) -> Iterator[int]:
    """The descriptor of a folder, opened step by step. Raises OSError if a step is not a folder or cannot be opened.

    Args:
        parts: the names of the steps. The first may be a path; only its last name must not be a link.
        root: the descriptor of the folder that contains the first step; it stays open.
        through: the folder is only passed through, not listed.
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
    """The content of a regular file of at most `limit` bytes; otherwise why it is not read, such as "is a link".

    parts, root: as for `folder`; the last part is the file.
    """
    try:
        with folder(parts[:-1], root=root, through=True) as there:
            # Checked before it is opened, because even opening a device can have an effect.
            why = _why_not(os.stat(parts[-1], dir_fd=there, follow_symlinks=False), limit)
            if why:
                return why
            with open(os.open(parts[-1], _FILE, dir_fd=there), "rb") as stream:
                why = _why_not(os.fstat(stream.fileno()), limit)  # it may have been replaced
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
