"""The private working directory of one submission, in which its program runs."""

import contextlib
import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

BLOCK = 4096  # bytes of a disk block
ENTRY = 4096  # bytes that each file and folder counts, in addition to its content
ANY = 1 << 40  # bytes; more than can be submitted
SMALL, ROOM = 1 << 20, 16 << 20  # bytes that a directory in memory may have, and that must be free there


class TooMuchWritten(Exception):
    """A program wrote more than it may, or closed a folder to the grader. str() completes "your code …"."""


def create(module: str, cells: Sequence[str], files: Sequence[tuple[str, bytes]], memory: Path | None = None) -> Path:
    """Create a directory with the submitted files. The program gets the name that the lab gives it, `module`.py.

    memory: a folder in memory, to be used if the files are small. Nothing else may be written to the directory.
    """
    # Not one after the other: a file that is written again goes to the disk at once, on ext4.
    contents = {**dict(files), f"{module}.py": "\n\n".join(cells).encode()}
    if memory and sum(map(len, contents.values())) <= SMALL:
        with contextlib.suppress(OSError):  # there is no room in memory
            if free_space(memory) >= ROOM:
                return _filled(contents, memory)
    return _filled(contents, None)


def _filled(contents: Mapping[str, bytes], place: Path | None) -> Path:
    # Without links: a link in the path would mean something else where a process has other file systems.
    directory = Path(tempfile.mkdtemp(prefix="submission-", dir=place)).resolve()
    try:
        for name, content in contents.items():
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except BaseException:  # a full disk, or an interrupt
        remove(directory)
        raise
    return directory


def change_owner(uid: int, directory: Path) -> None:
    """Give a new directory and everything in it to a user. Skips one that the user already owns: its folders may be
    arbitrarily deep by now."""
    if directory.stat().st_uid == uid:
        return
    for place, _, files in os.walk(directory):
        for path in (place, *(os.path.join(place, name) for name in files)):
            os.lchown(path, uid, uid)


def remove(directory: Path) -> None:
    """Remove a directory, even if it is deeply nested or unreadable."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(directory, ignore_errors=True)
    if directory.exists():  # nested too deeply, or not readable
        subprocess.run(["chmod", "-R", "u+rwX", str(directory)], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", str(directory)], check=False, capture_output=True)


def remove_files_of(uid: int, place: Path) -> None:
    """Remove the files of a user from a directory where everybody may write."""
    with contextlib.suppress(OSError):
        for path in list(place.iterdir()):
            with contextlib.suppress(OSError):
                if path.lstat().st_uid == uid:
                    remove(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def free_space(directory: Path) -> int:
    """Bytes that are free on the disk of a directory."""
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize


def size(directory: Path, enough: int = ANY) -> int:
    """Bytes that the files below a directory hold or have reserved, in whole blocks, plus 4 KB for each entry.

    Counting stops a little above `enough`. It is not recursive, because folders may be nested very deeply; a path that
    is too long for the system counts as more than `enough`. Raises TooMuchWritten at a folder that we may not read.
    """
    total = 0
    folders = [str(directory)]
    while folders and total <= enough:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    total += max(-(-found.st_size // BLOCK) * BLOCK, found.st_blocks * 512) + ENTRY
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    if total > enough:
                        break
        except PermissionError:
            raise TooMuchWritten("made a folder that the grader cannot read") from None
        except OSError as error:  # removed in the meantime
            if error.errno == errno.ENAMETOOLONG:
                return enough + 1
    return total
