"""Reads a folder or a file from the disk into memory, without following links that lead elsewhere."""

import os
import stat
from collections import deque
from itertools import islice
from pathlib import Path

from autograder.submission import safe_open
from autograder.submission.file_set import (
    MAX_FILES,
    MAX_TOTAL_BYTES,
    FileSet,
    is_junk,
    is_too_long,
    most_bytes,
    wanted_first,
)
from autograder.submission.model import NotFound, Unreadable
from autograder.submission.unzip import is_zip, unzip
from autograder.text import printable

MAX_ZIP_BYTES = 50_000_000
MAX_LISTED = 20_000
MAX_DEPTH = 10


def read_files(path: Path, *, links: bool = True) -> FileSet:
    """Read the files of a folder or a zip, or a single file.

    Args:
        path: the folder, zip or file.
        links: whether the path itself may be a link. A path that the instructor names may be one; a path in a folder
            that students can write to may become one at any time, so it must not be followed.

    Raises:
        NotFound: nothing is at the path.
        Unreadable: it is neither a file nor a folder, or a damaged zip.
    """
    name = printable(path.name or str(path))
    try:
        place = os.path.realpath(path) if links else os.path.join(os.path.realpath(path.parent), path.name)
        mode = os.lstat(place).st_mode
        if links and stat.S_ISLNK(mode):  # a link to itself
            raise FileNotFoundError
    except (OSError, ValueError):
        raise NotFound(f"There is no file or folder {printable(str(path), 200)}; check the path.") from None
    if stat.S_ISDIR(mode):
        return _folder(place, name)
    content = safe_open.content([os.path.dirname(place), os.path.basename(place)], MAX_ZIP_BYTES)
    if isinstance(content, str):
        raise Unreadable(f"{name} {content}; submit a folder, a zip file or a text file.")
    if is_zip(content):
        return unzip(content, name)
    if path.suffix.lower() in (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".xz", ".bz2"):
        raise Unreadable(f"{name} is not a zip file that can be read; submit the files themselves, or a .zip file.")
    return FileSet({path.name: content}, {}, frozenset(), single=True)


def _folder(place: str, name: str) -> FileSet:
    try:
        with safe_open.folder([place]) as root:
            return _files(root, place, name)
    except OSError:
        raise Unreadable(f"The folder {name} could not be opened; check its permissions.") from None


def _files(root: int, place: str, name: str) -> FileSet:
    """root: the folder's descriptor. place: its path without links. Raises OSError if it cannot be listed."""
    files: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    folders: set[str] = set()
    total = 0
    listing, complete = _listing(root, folders)
    for relative in sorted(listing, key=wanted_first):
        if len(files) + len(refused) >= MAX_FILES or total >= MAX_TOTAL_BYTES:
            complete = False
            break
        content = "has too long a name" if is_too_long(relative) else _linked_content(root, place, relative)
        if isinstance(content, str):
            refused[relative] = content
        else:
            files[relative] = content
            total += len(content)
    notes: tuple[str, ...] = ()
    if not complete:
        notes = (f"{name} has too many, too large or too deeply nested files; not all of them were read.",)
    return FileSet(files, refused, frozenset(folders), notes)


def _listing(root: int, folders: set[str]) -> tuple[list[str], bool]:
    """The relative paths of all files, and whether the list is complete. The paths of folders are added to `folders`.

    Outer folders come first, so that whatever is left out is deep inside or comes after very many files. Raises OSError
    if the outermost folder cannot be listed.
    """
    found: list[str] = []
    waiting: deque[tuple[str, ...]] = deque([()])
    left, complete = MAX_LISTED, True
    while waiting and left > 0:
        parts = waiting.popleft()
        try:
            with safe_open.folder(parts, root=root) as here, os.scandir(here) as entries:
                inside = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in islice(entries, left)]
        except OSError:
            if not parts:
                raise
            complete = False
            continue
        if parts and any(name == "pyvenv.cfg" for name, _ in inside):
            continue  # a virtual environment, whatever its name
        left -= len(inside)
        for name, is_folder in inside:
            relative = "/".join((*parts, name))
            if is_junk(name):
                continue
            if not is_folder:
                found.append(relative)
            elif len(parts) < MAX_DEPTH:
                folders.add(relative)
                waiting.append((*parts, name))
            else:
                complete = False
    return found, complete and left > 0


def _linked_content(root: int, place: str, relative: str) -> bytes | str:
    """The content of a file, or of the file in the submission that it links to; otherwise why it is not read.

    The target of a link is resolved by its path first, and then opened without following any link.
    """
    parts = relative.split("/")
    path = os.path.join(place, relative)
    if os.path.islink(path):
        try:
            path = os.path.realpath(path)
        except OSError:  # it was replaced in the meantime
            return "could not be opened"
        if os.path.commonpath((path, place)) != place:
            return "is a link that points outside the submitted folder"
        if os.path.isdir(path):
            return "is a link to a folder, which is not followed"
        parts = os.path.relpath(path, place).split("/")
    return safe_open.content(parts, most_bytes(relative), root=root)
