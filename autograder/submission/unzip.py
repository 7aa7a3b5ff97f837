"""A zip file in memory -> its files in memory; nothing is ever unpacked onto the disk."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from autograder.submission.file_set import (
    MAX_FILES,
    MAX_TOTAL_BYTES,
    FileSet,
    is_too_long,
    most_bytes,
    wanted_first,
)
from autograder.submission.model import Unreadable
from autograder.submission.zip_entries import (
    is_bomb,
    is_encrypted,
    is_in_junk,
    is_link,
    is_too_large,
    is_usual_compression,
    leads_out,
    parts_of,
)
from autograder.text import megabytes, printable

if TYPE_CHECKING:  # zipfile is slow to import, and most submissions are not zips
    from zipfile import ZipFile, ZipInfo

# Counted before the file is parsed, because parsing takes time and memory for every entry. The directory of as many
# files with usual names has fewer bytes; a few names of 65,000 characters each have them too.
MAX_ENTRIES = 20_000
MAX_DIRECTORY_BYTES = 4_000_000
MAX_DEPTH = 32  # folders around a file
_CHUNK = 1 << 16
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")


def is_zip(data: bytes) -> bool:
    """Whether these bytes are a zip file, whatever its name."""
    return data.startswith(_SIGNATURES)


def unzip(data: bytes, name: str, most: int = MAX_TOTAL_BYTES) -> FileSet:
    """The files in a zip; links, damaged and too large files, and those in too deep folders, are refused one by one.

    most: bytes that it may unpack to. Raises Unreadable where the zip as a whole is damaged, encrypted, a bomb, or
    reaches out of its folder.
    """
    import zipfile

    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise _too_many(name)
    try:
        with zipfile.ZipFile(_Bounded(data)) as archive:
            return _contents(archive, name, len(data), most)
    except _LargeDirectory:
        raise _too_many(name) from None
    except Unreadable:
        raise
    except Exception:  # on hostile bytes zipfile raises many kinds: BadZipFile, ValueError, OverflowError, …
        raise Unreadable(f"{name} is not a zip that can be read; make it again.") from None


class _LargeDirectory(Exception):
    """The directory of a zip, the list of all that is in it, is larger than that of any submission."""


class _Bounded(io.BytesIO):
    """The bytes of a zip; zipfile, which reads the directory at once, is given none that is too large."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise _LargeDirectory
        return super().read(size)


def _contents(archive: ZipFile, name: str, packed: int, most: int) -> FileSet:
    """packed: how many bytes the zip has; most: how many it may unpack to."""
    refused: dict[str, str] = {}
    folders: set[str] = set()
    entries = list(_entries(archive, name, folders, refused))
    if len(entries) + len(refused) > MAX_FILES:
        raise _too_many(name)
    taken: list[tuple[str, ZipInfo]] = []
    for path, entry in sorted(entries, key=lambda item: wanted_first(item[0])):
        if why := _refusal(entry, path, name):
            refused[path] = why
        else:
            taken.append((path, entry))
    _check_work([entry for _, entry in taken], name, packed, most)
    files: dict[str, bytes] = {}
    for path, entry in taken:
        content = _content(archive, entry)
        if content is None:
            refused[path] = "is damaged inside the zip"
        else:
            files[path] = content
    return FileSet(files, refused, frozenset(folders))


def _check_work(entries: Sequence[ZipInfo], name: str, packed: int, most: int) -> None:
    """Raise Unreadable where unpacking would take more than it may. Of no entry more bytes are read or unpacked than
    the directory says, so that this bounds the work on damaged entries too."""
    if sum(entry.file_size for entry in entries) > most:
        raise Unreadable(
            f"{name} unpacks to more than {megabytes(most)}; "
            "hand in only your program, your answers and what they need."
        )
    if sum(entry.compress_size for entry in entries) > packed:
        raise Unreadable(f"{name} holds files that share their bytes, as no usual program packs them; make it again.")


def _entries(archive: ZipFile, name: str, folders: set[str], refused: dict[str, str]) -> Iterator[tuple[str, ZipInfo]]:
    """The files that somebody may have written, by path; the folders are added to `folders`, and what has too long a
    path to be worked with to `refused`, by the beginning of it."""
    safe = [(_safe_path(entry, name), entry) for entry in archive.infolist()]
    environments = {path.rpartition("/")[0] for path, _ in safe if path.endswith("/pyvenv.cfg")}
    for path, entry in safe:
        if is_in_junk(entry):
            continue
        parts = path.split("/")
        if len(parts) > MAX_DEPTH + 1 or is_too_long(path):
            refused[printable(path)] = "has too long a name" if is_too_long(path) else "lies in too many folders"
            continue
        if environments and environments.intersection("/".join(parts[:end]) for end in range(1, len(parts))):
            continue
        if entry.is_dir():
            folders.add(path)
        elif path:
            yield path, entry


def _safe_path(entry: ZipInfo, name: str) -> str:
    """The path with forward slashes. Raises Unreadable where it would lead out of the folder."""
    if leads_out(entry):
        raise Unreadable(
            f"{name} holds a path that leads out of its folder ({printable(entry.filename, 60)}); "
            "make the zip again from the folder with your files."
        )
    return "/".join(parts_of(entry))


def _refusal(entry: ZipInfo, path: str, name: str) -> str:
    """Why this entry is not read, '' where it is. Raises Unreadable where it condemns the whole zip."""
    if is_encrypted(entry):
        raise Unreadable(f"{name} is protected by a password; make the zip again without one.")
    if is_bomb(entry):
        raise Unreadable(
            f"{name} unpacks to far more than its size ({printable(path, 60)}); "
            "hand in only your program, your answers and what they need."
        )
    if is_link(entry):
        return "is a link, not a file"
    if is_too_large(entry):
        return f"is larger than {megabytes(most_bytes(path))}"
    return "" if is_usual_compression(entry) else "is compressed in a way that is not read"


def _content(archive: ZipFile, entry: ZipInfo) -> bytes | None:
    """The bytes of one entry, counted as they are unpacked (a header can lie); None where it is damaged."""
    content = bytearray()
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                content += chunk
                if len(content) > most_bytes(entry.filename):
                    return None
    except Exception:  # a damaged entry raises many kinds: BadZipFile, zlib.error, EOFError, …
        return None
    return bytes(content)


def _too_many(name: str) -> Unreadable:
    return Unreadable(
        f"{name} holds too many files (at most {MAX_FILES} are read), or names that are far too long; "
        "hand in only your program, your answers and what they need."
    )
