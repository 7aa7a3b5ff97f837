"""A zip file in memory -> its files in memory; nothing is ever unpacked onto the disk."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .handed import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, Handed, is_junk, is_too_long, wanted_first
from .model import Unreadable
from .wording import megabytes, printable

if TYPE_CHECKING:  # zipfile is slow to import, and most submissions are not zips
    from zipfile import ZipFile, ZipInfo

# Counted before the file is parsed, because parsing takes time and memory for every entry.
MAX_ENTRIES = 20_000
# Text packs ten to one; a bomb packs a thousand to one.
MAX_RATIO = 100
_CHUNK = 1 << 16
_STORED, _DEFLATED = 0, 8
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_DRIVE = re.compile(r"[A-Za-z]:")


def is_zip(data: bytes) -> bool:
    """Whether these bytes are a zip file, whatever its name."""
    return data.startswith(_SIGNATURES)


def unzip(data: bytes, name: str) -> Handed:
    """The files in a zip; links, damaged and too large files are refused one by one.

    Raises Unreadable where the zip as a whole is damaged, encrypted, a bomb, or reaches out of its folder.
    """
    import zipfile

    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise _too_many(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _contents(archive, name)
    except Unreadable:
        raise
    except Exception:  # on hostile bytes zipfile raises many kinds: BadZipFile, ValueError, OverflowError, …
        raise Unreadable(f"{name} is not a zip that can be read; make it again.") from None


def _contents(archive: ZipFile, name: str) -> Handed:
    files: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    folders: set[str] = set()
    total = 0
    entries = list(_entries(archive, name, folders))
    if len(entries) > MAX_FILES:
        raise _too_many(name)
    for path, entry in sorted(entries, key=lambda item: wanted_first(item[0])):
        why = _refusal(entry, path, name)
        content = None if why else _content(archive, entry)
        if content is None:
            refused[path] = why or "is damaged inside the zip"
            continue
        total += len(content)
        if total > MAX_TOTAL_BYTES:
            raise Unreadable(
                f"{name} unpacks to more than {megabytes(MAX_TOTAL_BYTES)}; "
                "hand in only your program, your answers and what they need."
            )
        files[path] = content
    return Handed(files, refused, frozenset(folders))


def _entries(archive: ZipFile, name: str, folders: set[str]) -> Iterator[tuple[str, ZipInfo]]:
    """The files that somebody may have written, by path; the folders are added to `folders`."""
    safe = [(_safe_path(entry.filename, name), entry) for entry in archive.infolist()]
    environments = {path.rpartition("/")[0] for path, _ in safe if path.endswith("/pyvenv.cfg")}
    for path, entry in safe:
        parts = path.split("/")
        above = {"/".join(parts[:end]) for end in range(1, len(parts))}
        if any(map(is_junk, parts)) or above & environments:
            continue
        if entry.is_dir():
            folders.add(path)
        elif path:
            yield path, entry


def _safe_path(filename: str, name: str) -> str:
    """The path with forward slashes. Raises Unreadable where it would lead out of the folder."""
    path = filename.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts or _DRIVE.match(path):
        raise Unreadable(
            f"{name} holds a path that leads out of its folder ({printable(filename, 60)}); "
            "make the zip again from the folder with your files."
        )
    return "/".join(parts)


def _refusal(entry: ZipInfo, path: str, name: str) -> str:
    """Why this entry is not read, '' where it is. Raises Unreadable where it condemns the whole zip."""
    if entry.flag_bits & 0x1:
        raise Unreadable(f"{name} is protected by a password; make the zip again without one.")
    if entry.file_size > MAX_FILE_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise Unreadable(
            f"{name} unpacks to far more than its size ({printable(path, 60)}); "
            "hand in only your program, your answers and what they need."
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link, not a file"
    if entry.file_size > MAX_FILE_BYTES:
        return f"is larger than {megabytes(MAX_FILE_BYTES)}"
    if is_too_long(path):
        return "has too long a name"
    # bzip2 and lzma can take any amount of memory for a few bytes.
    return "" if entry.compress_type in (_STORED, _DEFLATED) else "is compressed in a way that is not read"


def _content(archive: ZipFile, entry: ZipInfo) -> bytes | None:
    """The bytes of one entry, counted as they are unpacked (a header can lie); None where it is damaged."""
    content = bytearray()
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                content += chunk
                if len(content) > MAX_FILE_BYTES:
                    return None
    except Exception:  # a damaged entry raises many kinds: BadZipFile, zlib.error, EOFError, …
        return None
    return bytes(content)


def _too_many(name: str) -> Unreadable:
    return Unreadable(
        f"{name} holds too many files (at most {MAX_FILES} are read); "
        "hand in only your program, your answers and what they need."
    )
