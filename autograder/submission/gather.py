"""A folder or a file on the disk -> its files in memory, without following anything that leads elsewhere."""

from __future__ import annotations

import os
import stat
from collections import deque
from itertools import islice
from pathlib import Path

from .handed import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_TOTAL_BYTES,
    Handed,
    is_junk,
    is_too_long,
    wanted_first,
)
from .model import NotFound, Unreadable
from .unzip import is_zip, unzip
from .wording import megabytes, printable

MAX_ZIP_BYTES = 50_000_000
MAX_LISTED = 20_000
MAX_DEPTH = 10
# NONBLOCK: opening a pipe must not wait for a writer. NOFOLLOW: links were resolved and judged before.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC


def gather(path: Path) -> Handed:
    """What lies at the path: the files of a folder or zip, or the one file.

    Raises NotFound where there is nothing, Unreadable where it is no file or folder, or a bad zip.
    """
    name = printable(path.name or str(path))
    try:
        status = path.stat()
    except (OSError, ValueError):
        raise NotFound(f"There is no file or folder {printable(str(path), 200)}; check the path.") from None
    if stat.S_ISDIR(status.st_mode):
        return _folder(os.path.realpath(path), name)
    content = _content(os.path.realpath(path), MAX_ZIP_BYTES)
    if isinstance(content, str):
        raise Unreadable(f"{name} {content}; hand in a folder, a zip, or a file of text.")
    if is_zip(content):
        return unzip(content, name)
    if path.suffix.lower() in (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".xz", ".bz2"):
        raise Unreadable(f"{name} is not a zip that can be read; hand in the files themselves, or a .zip.")
    return Handed({path.name: content}, {}, frozenset(), single=True)


def _folder(root: str, name: str) -> Handed:
    files: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    folders: set[str] = set()
    total = 0
    listing, complete = _listing(root, name, folders)
    for relative, place in sorted(listing, key=lambda item: wanted_first(item[0])):
        if len(files) + len(refused) >= MAX_FILES or total >= MAX_TOTAL_BYTES:
            complete = False
            break
        content = "has too long a name" if is_too_long(relative) else _linked_content(place, root)
        if isinstance(content, str):
            refused[relative] = content
        else:
            files[relative] = content
            total += len(content)
    notes: tuple[str, ...] = ()
    if not complete:
        notes = (f"{name} holds too many, too large or too deep files; not all of them were read.",)
    return Handed(files, refused, frozenset(folders), notes)


def _listing(root: str, name: str, folders: set[str]) -> tuple[list[tuple[str, str]], bool]:
    """(relative posix path, place) of all but folders, and whether that is all; folders go into `folders`.

    The outer folders come first, so that what is cut off lies deep or behind very many files.
    """
    found: list[tuple[str, str]] = []
    waiting = deque([("", root)])
    left, complete = MAX_LISTED, True
    while waiting and left > 0:
        prefix, place = waiting.popleft()
        try:
            with os.scandir(place) as entries:
                inside = list(islice(entries, left))
        except OSError:
            if not prefix:
                raise Unreadable(f"The folder {name} could not be opened; check its permissions.") from None
            complete = False
            continue
        if prefix and any(entry.name == "pyvenv.cfg" for entry in inside):
            continue  # a virtual environment, whatever its name
        left -= len(inside)
        for entry in inside:
            relative = prefix + entry.name
            if is_junk(entry.name):
                continue
            if not entry.is_dir(follow_symlinks=False):
                found.append((relative, entry.path))
            elif relative.count("/") < MAX_DEPTH:
                folders.add(relative)
                waiting.append((relative + "/", entry.path))
            else:
                complete = False
    return found, complete and left > 0


def _linked_content(place: str, root: str) -> bytes | str:
    """The content of a file, or of the file in the same folder that it links to; else why not."""
    if os.path.islink(place):
        place = os.path.realpath(place)
        if os.path.commonpath((place, root)) != root:
            return "is a link that points outside the folder that was handed in"
        if os.path.isdir(place):
            return "is a link to a folder, which is not followed"
    return _content(place, MAX_FILE_BYTES)


def _content(place: str, limit: int) -> bytes | str:
    """The content of a regular file of at most `limit` bytes; else why it is not read."""
    try:
        # Looked at before it is opened: opening a device can already do something.
        if not stat.S_ISREG(os.lstat(place).st_mode):
            return "is neither a file nor a folder"
        with open(os.open(place, _FLAGS), "rb") as stream:
            content = stream.read(limit + 1)
    except OSError:
        return "could not be opened"
    return content if len(content) <= limit else f"is larger than {megabytes(limit)}"
