"""Waits until files change: watchfiles, if it is installed, says when to look, and a look says what has changed."""

import contextlib
import os
import stat
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from autograder.submission.file_set import is_junk

SETTLED = 0.015  # seconds without another change; an editor that saves in several steps takes less between two of them
MISSING = 0.5  # seconds that a file may be gone before that counts: some editors delete it and write it anew
LOOK_ANYWAY = 500  # milliseconds; network file systems tell nobody of changes, nor is a replaced folder still watched
POLL = 0.05  # seconds between two looks, where nothing says when to look
STEP, AT_MOST = 5, 50  # milliseconds for which watchfiles waits until it reports a change
MOST_FILES = 2_000  # that are looked at below one path

State = Mapping[Path, Mapping[str, tuple[int, ...]]]  # of each file below a path: what every change to it changes
Folders = Mapping[str, int]  # their inodes


class FileChanges:
    """Waits until something changes at one of some paths, or below it. What editors leave beside a file is no change.

    A path need not exist, and may stop existing at any time.
    """

    def __init__(self, paths: Sequence[Path], *, but: Sequence[Path] = ()) -> None:
        """Remember how the files are now.

        Args:
            paths: files or folders.
            but: files below them whose changes do not matter.
        """
        self._paths = paths
        self._but = {os.path.realpath(path) for path in but}
        self._watched: Folders = {}
        self._hints: Generator[object, None, None] | None = None
        self._state, self._folders = self._look()

    def wait(self) -> frozenset[Path]:
        """Wait for a change since the last call, and for the end of it. Returns the paths where something changed."""
        while True:
            before, (self._state, self._folders) = self._state, self._settled()
            changed = frozenset(path for path in self._paths if self._state[path] != before[path])
            if changed:
                return changed
            self._sleep()

    def _settled(self) -> tuple[State, Folders]:
        """How the files are once nothing has changed for a moment."""
        found = self._look()
        if found[0] == self._state:
            return found
        until = time.monotonic() + MISSING
        while time.monotonic() < until:
            time.sleep(SETTLED)
            last, found = found, self._look()
            gone = any(self._state[path].keys() - found[0][path].keys() for path in self._paths)
            if found[0] == last[0] and not gone:
                break
        return found

    def _look(self) -> tuple[State, Folders]:
        folders: dict[str, int] = {}
        return {path: self._files(os.path.realpath(path), folders) for path in self._paths}, folders

    def _files(self, place: str, folders: dict[str, int]) -> dict[str, tuple[int, ...]]:
        """The files at or below a place. The folders where a change can happen are added to `folders`."""
        with contextlib.suppress(OSError):
            parent = os.path.dirname(place)
            folders[parent] = os.stat(parent).st_ino
        files: dict[str, tuple[int, ...]] = {}
        waiting = [place]
        for path in waiting:  # it grows meanwhile
            try:
                found = os.stat(path)
                if not stat.S_ISDIR(found.st_mode):
                    files[path] = (found.st_ctime_ns, found.st_size, found.st_ino)
                    continue
                names = [name for name in sorted(os.listdir(path)) if not _is_left_by_tools(name)]
            except OSError:
                continue
            if "pyvenv.cfg" in names or len(waiting) > MOST_FILES:
                continue
            folders[path] = found.st_ino
            inside = (os.path.join(path, name) for name in names)
            waiting += [each for each in inside if each not in self._but and not _is_link_to_folder(each)]
        return files

    def _sleep(self) -> None:
        """Until it is time to look again."""
        if self._folders != self._watched:
            self._watched, self._hints = self._folders, _hints(self._folders)
        if self._hints:
            with contextlib.suppress(OSError, StopIteration, RuntimeError):  # too many watches; a folder that is gone
                next(self._hints)
                return
            self._hints = None
        time.sleep(POLL)


def _hints(folders: Folders) -> Generator[object, None, None] | None:
    try:
        from watchfiles import watch
    except ImportError:
        return None
    options = {"debounce": AT_MOST, "step": STEP, "rust_timeout": LOOK_ANYWAY, "yield_on_timeout": True}
    hints: Generator[object, None, None] = watch(*folders, watch_filter=None, recursive=False, **options)
    return hints


def _is_left_by_tools(name: str) -> bool:
    return is_junk(name) or name.startswith((".", "#")) or name.endswith("~")


def _is_link_to_folder(path: str) -> bool:
    return os.path.islink(path) and os.path.isdir(path)
