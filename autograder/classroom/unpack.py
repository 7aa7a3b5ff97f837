"""Unpack the zip of a class: nothing outside its folder, no links, and nothing huge except Gradescope's metadata.

Folders are made even if all their files are left out, so that every student is listed.
"""

import contextlib
import errno
import itertools
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from autograder.errors import UserError
from autograder.gradescope.export import METADATA, SUBMISSION
from autograder.submission.file_set import is_junk, is_too_long
from autograder.submission.zip_entries import is_in_junk, is_too_large, parts_of, path_of
from autograder.text import printable

MOST_UNPACKED = 4 << 30  # bytes
MOST_OF_ONE = 200 << 20  # bytes of one submission, where all together are too many
OUTERMOST = 5  # folders; no platform puts a submission into more
UNREADABLE = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error, lzma.LZMAError)
# What writing one file may run into because of its name alone: too long, odd, or both a file and a folder.
NAME_ERRORS = {errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL, errno.ENOTDIR, errno.EISDIR, errno.EEXIST}

TOO_LARGE = (
    f"it unpacks to more than {MOST_OF_ONE >> 20} MB, for which there is not enough space beside all others; "
    "unpack it yourself and grade it alone, or ask for the program and the answers only."
)


class CannotUnpack(UserError):
    """The zip cannot be unpacked; str() says why and what to do, without naming the zip."""


def unpack(path: Path, folder: Path) -> tuple[dict[Path, str], list[str], list[str]]:
    """Unpack a zip into `folder`. Python's extraction keeps inside it and makes no links.

    A file that is too large for a submission becomes an empty file of that size, which is refused later. A file that
    cannot be written because of its name would be refused too, and is left out. A damaged file is no reason to grade
    nobody.

    Returns:
        Why files could not be unpacked, a sentence for each, by the place where the file would be; the paths of the
        files that were left out; and the paths, as written in the zip, of those that have the place of another one.

    Raises CannotUnpack for the zip as a whole.
    """
    folder.mkdir(parents=True)
    damaged: dict[Path, str] = {}
    left_out: list[str] = []
    twice: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            for entry in entries:
                entry.filename = path_of(entry)
            too_large = _too_large(entries)
            counted = _last_of_each_place(entries)
            for entry in entries:
                left_out.append("/".join(_parts(entry)))
                with _name_errors_ignored():
                    if submission := next((part for part in too_large if _lies_in(entry, part)), None):
                        place = folder.joinpath(*submission)
                        place.mkdir(parents=True, exist_ok=True)
                        damaged[place] = TOO_LARGE
                    elif is_in_junk(entry) or is_too_long(entry.filename):
                        _make_folders(entry, folder)
                        continue
                    elif not entry.is_dir() and (entry not in counted or folder.joinpath(*_parts(entry)).is_file()):
                        twice.append(entry.filename)
                    elif why := _extract(archive, entry, folder):
                        damaged[folder.joinpath(*_parts(entry))] = why
                    left_out.pop()
    except UNREADABLE as error:
        raise CannotUnpack(f"it is no zip that can be read ({error}); download it again") from None
    except OSError as error:
        fix = "make room there, name another place by the environment variable TMPDIR, or unpack it yourself"
        raise CannotUnpack(f"it cannot be unpacked into {folder} ({error.strerror}); {fix}") from None
    return damaged, [name for name in left_out if name], twice


def _last_of_each_place(entries: Sequence[zipfile.ZipInfo]) -> Container[zipfile.ZipInfo]:
    """The entries without those that others would overwrite. A zip to which a file was added again has it twice, and
    the last one is meant; but not one that is written elsewhere, with ".."."""
    places: dict[tuple[str, ...], zipfile.ZipInfo] = {}
    for entry in sorted(entries, key=lambda each: ".." not in parts_of(each)):  # stable
        places[tuple(_parts(entry))] = entry
    return set(places.values())


def _too_large(entries: Sequence[zipfile.ZipInfo]) -> list[tuple[str, ...]]:
    """The folders of single submissions without which all others can be unpacked; none where all can.

    A submission is what lies beside others, in the folders that are around everything. Raises CannotUnpack where the
    others are too many by themselves.
    """
    counted = [entry for entry in entries if not (is_in_junk(entry) or _is_hollow(entry))]
    total = sum(entry.file_size for entry in counted)
    if total <= MOST_UNPACKED:
        return []
    folders = sorted(_parts(entry)[:-1] for entry in counted)
    same = itertools.takewhile(lambda names: names[0] == names[1], zip(folders[0], folders[-1], strict=False))
    around = len(list(same))  # what the first and the last begin with, all do
    sizes: Counter[tuple[str, ...]] = Counter()
    for entry in counted:
        if len(_parts(entry)) > around + 1:  # a folder
            sizes[tuple(_parts(entry)[: around + 1])] += entry.file_size
    too_large = [submission for submission, size in sizes.items() if size > MOST_OF_ONE]
    if total - sum(sizes[submission] for submission in too_large) > MOST_UNPACKED:
        raise CannotUnpack("it unpacks to more than 4 GB; unpack it yourself and give the folder")
    return too_large


def _lies_in(entry: zipfile.ZipInfo, folder: tuple[str, ...]) -> bool:
    return tuple(_parts(entry)[: len(folder)]) == folder


def _parts(entry: zipfile.ZipInfo) -> list[str]:
    """Where an entry is unpacked, within the folder: as Python's extraction does, ".." is left out."""
    return [part for part in parts_of(entry) if part != ".."]


def _is_hollow(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is too large for a file of a submission."""
    return is_too_large(entry) and not _is_metadata(entry)


def _is_metadata(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is what Gradescope tells of the whole class."""
    *folders, name = _parts(entry) or [""]
    return name == METADATA and not any(part.startswith(SUBMISSION) for part in folders)


def _make_folders(entry: zipfile.ZipInfo, folder: Path) -> None:
    """The outermost folders of what is left out itself: a student who submitted nothing else is listed too."""
    above = _parts(entry)[:-1][:OUTERMOST]
    fit = itertools.takewhile(lambda part: not is_junk(part) and not is_too_long(part), above)
    folder.joinpath(*fit).mkdir(parents=True, exist_ok=True)


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> str:
    """Unpack one file, hollow where it is too large; returns why that cannot be done, "" where it can. Then an empty
    file stands for it. Raises CannotUnpack where it is the metadata of the class, without which nobody is known."""
    place = folder.joinpath(*_parts(entry))
    if _is_hollow(entry):
        write_hollow(place, entry.file_size)
        return ""
    try:
        archive.extract(entry, folder)
    except UNREADABLE:
        if _is_metadata(entry):
            raise CannotUnpack(f"its {METADATA} is damaged; download it again") from None
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"")
        return (
            f"{printable(place.name)} is damaged, or protected by a password, in the zip of the class; "
            "download the zip again, or ask for the file."
        )
    return ""


@contextlib.contextmanager
def _name_errors_ignored() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in NAME_ERRORS:
            raise


def write_hollow(path: Path, size: int) -> None:
    """A file of so many bytes that takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
