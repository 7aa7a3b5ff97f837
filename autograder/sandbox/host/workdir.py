"""The private folder of one submission, in which its program runs."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path


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
