"""A class's zip on the disk, as far as it can be a class's: nothing outside its folder, no links, nothing huge but
Gradescope's metadata of a large class."""

import errno
import zipfile
from pathlib import Path, PurePosixPath

from autograder.gradescope.export import METADATA
from autograder.submission.handed import MAX_FILE_BYTES, is_junk, is_too_long

MOST_UNPACKED = 4 << 30  # bytes
# What writing one file may run into because of its name alone: too long, odd, or both a file and a folder.
NAME_ERRORS = {errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL, errno.ENOTDIR, errno.EISDIR, errno.EEXIST}


class CannotUnpack(Exception):
    """The zip cannot be unpacked; str() says why and what to do, without naming the zip."""


def unpack(path: Path, folder: Path) -> None:
    """Unpack a zip into `folder`. Python's extraction keeps inside it and makes no links; what is too large to be a
    submission becomes an empty file of that size, which marking refuses by its size; what cannot be written because of
    its name, which marking would refuse too, is left out. Raises CannotUnpack."""
    folder.mkdir(parents=True)
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [entry for entry in archive.infolist() if _is_wanted(entry.filename)]
            if sum(entry.file_size for entry in wanted if not _is_hollow(entry)) > MOST_UNPACKED:
                raise CannotUnpack("it unpacks to more than 4 GB; unpack it yourself and give the folder")
            for entry in wanted:
                _extract(archive, entry, folder)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise CannotUnpack(f"it is no zip that can be read ({error}); download it again") from None
    except OSError as error:
        mend = "make room there, name another place by the environment variable TMPDIR, or unpack it yourself"
        raise CannotUnpack(f"it cannot be unpacked into {folder} ({error.strerror}); {mend}") from None


def _is_wanted(name: str) -> bool:
    return not any(map(is_junk, PurePosixPath(name).parts)) and not is_too_long(name)


def _is_hollow(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is too large for a file of a submission."""
    *folders, name = PurePosixPath(entry.filename).parts
    of_the_class = name == METADATA and len(folders) <= 1
    return entry.file_size > MAX_FILE_BYTES and not of_the_class


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    try:
        if not _is_hollow(entry):
            archive.extract(entry, folder)
            return
        target = folder.joinpath(*(part for part in PurePosixPath(entry.filename).parts if part not in ("/", "..")))
        write_hollow(target, entry.file_size)
    except OSError as error:
        if error.errno not in NAME_ERRORS:
            raise


def write_hollow(path: Path, size: int) -> None:
    """A file of so many bytes that takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
