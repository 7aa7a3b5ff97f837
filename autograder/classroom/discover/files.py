"""Copy the files of one student into a folder of their own, and make safe file names of ids."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.classroom.discover.model import ClassSubmission
from autograder.classroom.unpack import write_hollow
from autograder.submission import safe_open
from autograder.submission.file_set import most_bytes
from autograder.text import fit, printable

LONGEST_ID = 120  # bytes; file names are made from ids, and every file system allows these
UNSAFE = re.compile(r'^\.|[\t-\r<>:"/\\|?*#%\N{REPLACEMENT CHARACTER}]')  # not allowed in some file names or links


def together(files: Sequence[tuple[str, Path]], folder: Path, damaged: Mapping[Path, str]) -> str:
    """Copy files into a new folder.

    Args:
        files: the name that each file should have, and the file. A name that is taken is made another one.
        folder: the folder to make.
        damaged: for each file that cannot be read, why.

    Returns:
        Why the files cannot be read; "" if they can.
    """
    folder.mkdir(parents=True)
    problems = [damaged[path] for _, path in files if path in damaged]
    taken: set[str] = set()
    for name, path in files:
        target = first = name
        number = 1
        while target.casefold() in taken:
            number += 1
            target = f"{number}-{first}"
        taken.add(target.casefold())
        if problem := _copy(path, folder / target):
            problems.append(f"{printable(name)} {problem}; put the file itself there.")
    return (problems or [""])[0]


def _copy(path: Path, target: Path) -> str:
    """Copy a file that is not a link; if it is too large, make an empty file of that size. Return what went wrong."""
    try:
        size = path.lstat().st_size
    except OSError:
        return "could not be opened"
    content = safe_open.content([str(path.parent.resolve()), path.name], most_bytes(path.name))
    if isinstance(content, bytes):
        target.write_bytes(content)
        return ""
    if size <= most_bytes(path.name):
        return content
    write_hollow(target, size)
    return ""


def with_unique_ids(found: Iterable[ClassSubmission]) -> Iterator[ClassSubmission]:
    """The same submissions with ids that are safe as file names and unique, also where case is ignored."""
    taken: set[str] = set()
    for each in found:
        id = first = _safe_filename(each.id)
        number = 1
        while id.casefold() in taken:
            number += 1
            id = f"{first}-{number}"
        taken.add(id.casefold())
        yield replace(each, id=id)


def _safe_filename(name: str) -> str:
    """`name` if it is safe as a file name, else its safe part with a digest of the whole name."""
    name = unicodedata.normalize("NFC", name)  # macOS stores letters and accents separately
    plain = UNSAFE.sub("_", fit(name))
    if plain == name and len(plain.encode()) <= LONGEST_ID:
        return plain
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{plain.encode()[:LONGEST_ID].decode(errors='ignore')}-{digest}"
