"""Files that are written whole or not at all."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import UserError

STDOUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})  # there may be room later
TEMPORARY = "free some space, or name another folder with the environment variable TMPDIR"  # for temporary files
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class CannotWrite(UserError):
    """A file cannot be written.

    Args:
        problem: which file, and why; str() adds the remedy.
        errno: the number of the system's error, if it was one.
        remedy: how to fix it. Where it is empty, `remedy` below fills it in.
    """

    def __init__(self, problem: str, errno: int | None = None, remedy: str = "") -> None:
        super().__init__(problem)
        self.errno = errno
        self.remedy = remedy

    def __str__(self) -> str:
        return "; ".join(part for part in (super().__str__(), self.remedy) if part)


def cannot_write(path: Path | str, error: OSError) -> CannotWrite:
    """The error for a path that the system did not let us write."""
    return CannotWrite(f"{path}: it cannot be written ({error.strerror})", error.errno)


@contextlib.contextmanager
def remedy(sentence: str) -> Iterator[None]:
    """Whoever chose where files go in this block says how to choose another place, unless the error says it already."""
    try:
        yield
    except CannotWrite as error:
        error.remedy = error.remedy or sentence
        raise


def is_stdout(path: Path | str | None) -> bool:
    """Whether a path stands for the standard output."""
    return str(path) in STDOUT


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 as `write_bytes` does."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a temporary file beside `path` and rename it, so that there is never half a file. A path in STDOUT is the
    standard output. Raises CannotWrite."""
    try:
        if is_stdout(path):
            # The reader may stop early, as `head` does: that is no error.
            with contextlib.suppress(BrokenPipeError), open(1, "wb", closefd=False) as stream:
                stream.write(content)
        elif path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        elif path.exists() and not path.is_file():  # a device or a pipe: nothing can be renamed onto it
            path.write_bytes(content)
        else:
            _replace(path.resolve() if path.is_symlink() else path, content)
    except OSError as error:
        raise cannot_write(path, error) from None


def kind(path: Path) -> str:
    """What is at a path: "file", "folder" or "link"; "" for anything else, or where that cannot be known."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return ""
    kinds = {"link": stat.S_ISLNK, "folder": stat.S_ISDIR, "file": stat.S_ISREG}
    return next((name for name, is_it in kinds.items() if is_it(mode)), "")


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()  # left by a run that was killed, or a link that somebody else put in our way
        with open(os.open(beside, NEW, 0o666), "wb") as file:
            file.write(content)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
