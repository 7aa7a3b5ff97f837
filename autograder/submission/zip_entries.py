"""What can be wrong with an entry of a zip. The same rules hold for a student's zip, which is read in memory, and for a
class's zip, which is unpacked to the disk."""

import re
import stat
from typing import TYPE_CHECKING

from autograder.submission.file_set import is_junk, most_bytes

if TYPE_CHECKING:  # zipfile is slow to import, and most submissions are not zips
    from zipfile import ZipInfo

# Text is compressed ten to one; a zip bomb a thousand to one.
MAX_RATIO = 100
ENCRYPTED = 0x1  # bit of an entry's flags
STORED, DEFLATED = 0, 8
_DRIVE = re.compile(r"[A-Za-z]:")


def path_of(entry: "ZipInfo") -> str:
    """The entry's path with forward slashes; some tools on Windows write backslashes."""
    return entry.filename.replace("\\", "/")


def parts_of(entry: "ZipInfo") -> list[str]:
    """The folders around the entry and its own name, outermost first, ".." among them."""
    return [part for part in path_of(entry).split("/") if part not in ("", ".")]


def leads_out(entry: "ZipInfo") -> bool:
    """Whether the entry would be written outside the folder that the zip is unpacked into."""
    path = path_of(entry)
    return path.startswith("/") or ".." in parts_of(entry) or _DRIVE.match(path) is not None


def is_in_junk(entry: "ZipInfo") -> bool:
    """Whether the entry is, or lies in, what an operating system, editor or tool made."""
    return any(map(is_junk, parts_of(entry)))


def is_link(entry: "ZipInfo") -> bool:
    """Whether the entry is a symbolic link."""
    return stat.S_ISLNK(entry.external_attr >> 16)


def is_encrypted(entry: "ZipInfo") -> bool:
    """Whether a password protects the entry."""
    return bool(entry.flag_bits & ENCRYPTED)


def is_too_large(entry: "ZipInfo") -> bool:
    """Whether the entry unpacks to more than a file of its name may have."""
    return entry.file_size > most_bytes(entry.filename)


def is_bomb(entry: "ZipInfo") -> bool:
    """Whether the entry is too large, and compressed as no usual file can be."""
    return is_too_large(entry) and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def is_usual_compression(entry: "ZipInfo") -> bool:
    """Whether unpacking takes little memory: bzip2 and LZMA can take any amount for a few bytes."""
    return entry.compress_type in (STORED, DEFLATED)
