"""Files that follow no platform's rules: files whose names differ only in their endings are one student's.

ada.py ada.yaml bob.py.txt carl.pdf      three students
Ada.py ada.yaml                          one: case and Unicode form do not count
ada_Lab4.py ada_answers.yaml             one: the names that the lab asks for do not count
Lab4.py answers.yaml helpers.py          one student's own folder
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.fileio import kind

PROGRAMS = (".py", ".ipynb")
ANSWERS = (".yaml", ".yml")
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")  # the grader refuses these with an explanation
ARCHIVES = (".zip", *OTHER_ARCHIVES)
# What students submit although no program is in it. Anything else, as notes.txt, is more likely the instructor's.
DOCUMENTS = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".pages", ".png", ".jpg", ".jpeg", ".heic")
SUBMITTED = (*PROGRAMS, *ANSWERS, *ARCHIVES, *DOCUMENTS)
DISGUISES = (".txt", ".json")  # what Windows and browsers add: "bob.py.txt", "bob.ipynb.json"


@dataclass(frozen=True)
class Wanted:
    """The names that the lab asks students for."""

    program: str
    answers: str

    @property
    def stem(self) -> str:
        """The program's name without its ending."""
        return Path(self.program).stem

    def rest(self, name: str) -> str:
        """What a file's name says beside its ending and the names that the lab asks for: "ada" for "ada_Lab4 (1).py".

        It is "" for a file that is named as the lab asks, or as a copy of that.
        """
        stem = endings(name)[0]
        for asked in (self.program, self.answers):
            words = r"[\W_]*".join(re.findall(r"\d+|[^\W\d_]+", Path(asked).stem))
            stem, found = re.subn(rf"(?<![^\W_]){words}(?![^\W_])", "", stem, flags=re.IGNORECASE)
            if found:
                stem = re.sub(r"\s*\(\d+\)$", "", stem).strip(" _-.")
                return "" if re.fullmatch(r"[\W\d_]*", stem) else stem
        return stem


def endings(name: str) -> tuple[str, str]:
    """Stem and ending of a file name, the ending in lower case: ("bob", ".py.txt"), ("bob", ".tar.gz")."""
    stem, dot, last = name.rpartition(".")
    ending = (dot + last).lower()
    if not stem or ending not in (*SUBMITTED, *DISGUISES):
        return (name, "") if not stem else (stem, ending)
    inner, dot, before = stem.rpartition(".")
    doubled = (dot + before).lower()
    if inner and ((ending in DISGUISES and doubled in (*PROGRAMS, *ANSWERS)) or doubled == ".tar"):
        return inner, doubled + ending
    return stem, ending


def _is_certain(path: Path) -> bool:
    ending = endings(path.name)[1]
    return kind(path) == "link" or ending.startswith((*PROGRAMS, *ARCHIVES))


def stands_alone(name: str) -> bool:
    """Whether a file alone can be read as a submission; any other would be taken for a program."""
    return endings(name)[1].startswith((*PROGRAMS, *ANSWERS, *ARCHIVES))


def is_submitted(name: str) -> bool:
    """Whether students submit such a file, by its ending."""
    ending = endings(name)[1]
    return ending.endswith(SUBMITTED) or (ending.endswith(DISGUISES) and ending.count(".") > 1)


def groups(
    paths: Iterable[Path], wanted: Wanted, known: Iterable[str] = (), *, only: bool = False
) -> tuple[dict[str, list[Path]], list[Path]]:
    """Group files by student.

    Args:
        paths: the files.
        wanted: the names that the lab asks for.
        known: stems that belong to somebody on the roster, so that any file of that name is submitted.
        only: whether these files are all that there is, so that answers or documents alone are a class too.

    Returns:
        The files of each student by what their names have in common, and those that belong to none.
    """
    found = _paired(paths, wanted)
    stems = {folded(each) for each in known}
    students: dict[str, list[Path]] = {}
    others: list[Path] = []
    certain = {stem for stem, files in found.items() if any(_is_certain(path) for path in files)}
    for stem, files in found.items():
        # Where all others have folders, a file without a program is the instructor's; so is "Lab4.pdf" anywhere.
        likely = bool(stem and (certain or only)) and any(is_submitted(path.name) for path in files)
        if stem in certain or likely or folded(stem) in stems:
            students[stem] = files
        else:
            others += files
    return students, others


def folded(stem: str) -> str:
    """The stem without what keyboards and file systems change: case, and how letters with accents are stored."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", stem).casefold())


def _paired(paths: Iterable[Path], wanted: Wanted) -> dict[str, list[Path]]:
    """The files by their stems, as written in the first file.

    Stems that differ only in case or Unicode form are the same, unless two of their files have the same ending: then
    they may be two students'.
    """
    written: dict[str, list[Path]] = {}
    for path in paths:
        written.setdefault(wanted.rest(path.name), []).append(path)
    alike: dict[str, list[str]] = {}
    for stem in written:
        alike.setdefault(folded(stem), []).append(stem)
    found: dict[str, list[Path]] = {}
    for stems in alike.values():
        kinds = [each for stem in stems for each in {_kind(path) for path in written[stem]}]
        for stem in stems:
            found.setdefault(stems[0] if len({*kinds}) == len(kinds) else stem, []).extend(written[stem])
    return found


def _kind(path: Path) -> str:
    """Whether it is a program or answers; otherwise its ending."""
    ending = endings(path.name)[1]
    return next((str(each) for each in (PROGRAMS, ANSWERS) if ending.startswith(each)), ending)


def is_own_folder(entries: Sequence[Path], wanted: Wanted) -> bool:
    """Whether a folder with these entries is one student's, and no class: files are named as the lab asks."""
    own = [path for path in entries if kind(path) == "file" and is_asked_for(path.name, wanted)]
    if not own:
        return False
    inside = sum(_holds_own(path, wanted) for path in entries if kind(path) == "folder")
    program = any(endings(path.name)[1].startswith(PROGRAMS) for path in own)
    return inside == 0 or (inside == 1 and not program)


def is_asked_for(name: str, wanted: Wanted) -> bool:
    """Whether a file is named as the lab asks, or as a copy of that: "Lab4.py", "lab4 (1).py", "answers.yaml"."""
    return not wanted.rest(name) and endings(name)[1].startswith((*PROGRAMS, *ANSWERS))


def _holds_own(folder: Path, wanted: Wanted) -> bool:
    try:
        return any(kind(path) == "file" and is_asked_for(path.name, wanted) for path in folder.iterdir())
    except OSError:
        return False
