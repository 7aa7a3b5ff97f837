"""Files that are written whole or not at all."""

import contextlib
import errno
import os
import stat
from pathlib import Path

from autograder.errors import UserError

STDOUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})  # there may be some later
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class CannotWrite(UserError):
    """A file cannot be written; str() says where, why and what to do. errno: of the system's error, if it was one."""

    def __init__(self, sentence: str, errno: int | None = None) -> None:
        super().__init__(sentence)
        self.errno = errno


def is_stdout(path: Path | str | None) -> bool:
    """Whether a path stands for the standard output."""
    return str(path) in STDOUT


def write_text(path: Path, text: str, option: str = "--results") -> None:
    """Write UTF-8 as `write_bytes` does."""
    write_bytes(path, text.encode(), option)


def write_bytes(path: Path, content: bytes, option: str) -> None:
    """Write beside `path` and rename, so that there is never half a file; "-" and its other names are the standard
    output. Raises CannotWrite, which names `option`."""
    try:
        if is_stdout(path):
            # Without an error where whoever reads it has had enough.
            with contextlib.suppress(BrokenPipeError), open(1, "wb", closefd=False) as stream:
                stream.write(content)
        elif path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        elif path.exists() and not path.is_file():  # a device or a pipe, say: there is nothing to rename
            path.write_bytes(content)
        else:
            _replace(path.resolve() if path.is_symlink() else path, content)
    except OSError as error:
        why = f"{path}: it cannot be written ({error.strerror}); name another place with {option}"
        raise CannotWrite(why, error.errno) from None


def kind(path: Path) -> str:
    """What is there: "file", "folder" or "link"; "" for anything else, or where that cannot be known."""
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
            beside.unlink()  # of a run that was killed; or a link that somebody who can write there has put in our way
        with open(os.open(beside, NEW, 0o666), "wb") as file:
            file.write(content)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
