"""The private folder of one submission, in which its program runs."""

import contextlib
import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

BLOCK = 4096  # bytes of a disk
ENTRY = 4096  # bytes that a file or folder counts beside what it holds
ANY = 1 << 40  # bytes: more than can be submitted


class TooMuchWritten(Exception):
    """A child's folder has grown beyond its limit, or has a part into which nobody can look. str() completes "your
    code …"."""


def working_copy(module: str, cells: Sequence[str], files: Sequence[tuple[str, bytes]]) -> Path:
    """A folder with what was handed in, the program under the name that the lab gives it."""
    directory = Path(tempfile.mkdtemp(prefix="submission-"))
    for name, content in files:
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (directory / f"{module}.py").write_text("\n\n".join(cells), encoding="utf-8")
    return directory


def give_to(uid: int, directory: Path) -> None:
    """Make a fresh folder a user's, with all that is in it; one that they had before is theirs, and may be a maze."""
    if directory.stat().st_uid == uid:
        return
    for place, _, files in os.walk(directory):
        for path in (place, *(os.path.join(place, name) for name in files)):
            os.lchown(path, uid, uid)


def remove(directory: Path) -> None:
    """Remove a folder whatever a program has made of it."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(directory, ignore_errors=True)
    if directory.exists():  # nested without end, or closed to us
        subprocess.run(["chmod", "-R", "u+rwX", str(directory)], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", str(directory)], check=False, capture_output=True)


def remove_of(uid: int, place: Path) -> None:
    """Remove what a user has in a folder where all may write."""
    with contextlib.suppress(OSError):
        for path in list(place.iterdir()):
            with contextlib.suppress(OSError):
                if path.lstat().st_uid == uid:
                    remove(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def free(directory: Path) -> int:
    """Bytes that are free on the disk of a folder."""
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize


def size(directory: Path, enough: int = ANY) -> int:
    """Bytes that the files below a folder hold or have reserved, in blocks, and 4 KB more for each entry, counted up to
    a little more than `enough`. Raises TooMuchWritten at a folder that is closed to us.

    Not recursive: folders may be nested without end; one so deep that it has no path counts as too much.
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
            raise TooMuchWritten("made a folder into which nobody can look") from None
        except OSError as error:  # removed meanwhile
            if error.errno == errno.ENAMETOOLONG:
                return enough + 1
    return total
