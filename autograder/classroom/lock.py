"""One run at a time in the folder of a class."""

import contextlib
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import UserError
from autograder.fileio import cannot_write
from autograder.text import printable

NAME = "lock.json"
FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class Locked(UserError):
    """Another run writes into the folder. The message says which."""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is made if it does not exist.

    The lock is the system's own on an open file (flock), so it ends with the process, however that ends; the file only
    says who holds it. Where the file system has no such locks, the folder is not guarded.

    Raises Locked, and CannotWrite.
    """
    new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = _locked(folder / NAME)
    except OSError as error:
        raise cannot_write(error.filename or folder, error) from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / NAME).unlink()  # while it is still locked, so that it is ours
        os.close(file)
        if new:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only if it is empty


def check(folder: Path) -> None:
    """Raise Locked if another run holds the lock of a folder. Writes nothing."""
    with contextlib.suppress(OSError):
        file = os.open(folder / NAME, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _locked_by(folder, file) from None
        finally:
            os.close(file)


def _locked(path: Path) -> int:
    """The descriptor of the file at the path, locked, with our name in it."""
    while True:
        file = os.open(path, FLAGS, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            error = _locked_by(path.parent, file)
            os.close(file)
            raise error from None
        except OSError:  # a file system without locks
            pass
        if _is_still_at(path, file):
            break
        os.close(file)  # whoever held it has just removed it
    os.ftruncate(file, 0)
    about = {"process": os.getpid(), "machine": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
    os.pwrite(file, f"{json.dumps(about)}\n".encode(), 0)
    return file


def _is_still_at(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(os.stat(path, follow_symlinks=False), os.fstat(file))
    except FileNotFoundError:
        return False


def _locked_by(folder: Path, file: int) -> Locked:
    try:
        about = json.loads(os.pread(file, 1000, 0))
        who = f"process {about['process']} on {about['machine']} has been grading into it since {about['since']}"
    except (ValueError, KeyError, TypeError):
        who = "another run is grading into it"
    return Locked(f"{folder}: {printable(who, 200)}; wait until it ends, or name another folder with --out")
