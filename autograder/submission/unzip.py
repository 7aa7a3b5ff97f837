"""Reads the files of a zip in memory; nothing is ever unpacked to the disk."""

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

# Checked before the zip is parsed, because every entry takes time and memory. The size of the directory, the list of
# entries, is limited too: a few names of 65,000 characters each are as bad as many entries.
MAX_ENTRIES = 20_000
MAX_DIRECTORY_BYTES = 4_000_000
MAX_DEPTH = 32  # folders around a file
_CHUNK = 1 << 16
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")


def is_zip(data: bytes) -> bool:
    """Whether these bytes are a zip file, whatever its name."""
    return data.startswith(_SIGNATURES)


def unzip(data: bytes, name: str, most: int = MAX_TOTAL_BYTES) -> FileSet:
    """Read the files in a zip. Links, damaged, too large and too deeply nested files are refused one by one.

    Args:
        data: the zip.
        name: what it is called in messages.
        most: the maximum number of bytes that it may unpack to.

    Raises:
        Unreadable: the zip as a whole is damaged, encrypted or a zip bomb, or a path in it leads out of its folder.
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
        raise Unreadable(f"{name} is not a zip file that can be read; create it again.") from None


class _LargeDirectory(Exception):
    """The directory of a zip, the list of its entries, is larger than that of any submission."""


class _Bounded(io.BytesIO):
    """The bytes of a zip. zipfile reads the whole directory at once, and is stopped if that is too large."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise _LargeDirectory
        return super().read(size)


def _contents(archive: "ZipFile", name: str, packed: int, most: int) -> FileSet:
    """packed: the size of the zip in bytes. most: the maximum number of bytes that it may unpack to."""
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


def _check_work(entries: Sequence["ZipInfo"], name: str, packed: int, most: int) -> None:
    """Raise Unreadable if unpacking would take more memory or time than allowed.

    No more of an entry is read or unpacked than the directory states, so that this limits damaged entries too.
    """
    if sum(entry.file_size for entry in entries) > most:
        raise Unreadable(
            f"{name} unpacks to more than {megabytes(most)}; "
            "submit only your program, your answers and the files that they need."
        )
    if sum(entry.compress_size for entry in entries) > packed:
        raise Unreadable(
            f"{name} contains files that overlap, which no ordinary zip program produces; create it again."
        )


def _entries(
    archive: "ZipFile", name: str, folders: set[str], refused: dict[str, str]
) -> Iterator[tuple[str, "ZipInfo"]]:
    """The files that the student may have written, with their paths. Folders are added to `folders`; files whose paths
    are too long are added to `refused`, under the beginning of their paths."""
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


def _safe_path(entry: "ZipInfo", name: str) -> str:
    """The path with forward slashes. Raises Unreadable if it leads out of the folder."""
    if leads_out(entry):
        raise Unreadable(
            f"{name} contains a path that leads out of its folder ({printable(entry.filename, 60)}); "
            "create the zip again from the folder with your files."
        )
    return "/".join(parts_of(entry))


def _refusal(entry: "ZipInfo", path: str, name: str) -> str:
    """Why this entry is not read, '' if it is. Raises Unreadable if the whole zip must be refused."""
    if is_encrypted(entry):
        raise Unreadable(f"{name} is protected by a password; create the zip again without one.")
    if is_bomb(entry):
        raise Unreadable(
            f"{name} unpacks to far more than its size ({printable(path, 60)}); "
            "submit only your program, your answers and the files that they need."
        )
    if is_link(entry):
        return "is a link, not a file"
    if is_too_large(entry):
        return f"is larger than {megabytes(most_bytes(path))}"
    return "" if is_usual_compression(entry) else "uses a compression method that is not supported"


def _content(archive: "ZipFile", entry: "ZipInfo") -> bytes | None:
    """The bytes of one entry, counted while it is unpacked because its header may be wrong; None if it is damaged."""
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
        f"{name} contains too many files (at most {MAX_FILES} are read), or names that are far too long; "
        "submit only your program, your answers and the files that they need."
    )
