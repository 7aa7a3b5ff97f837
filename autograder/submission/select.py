"""Which of the files handed in is the program, and which are the answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import basename

from autograder.submission.file_set import FileSet
from autograder.text import list_names, printable

NEAR = 3
"""Folders to look down first: the wrapper of a zip inside, its own folder, one more. What lies deeper is taken where
nothing does there."""

_PROGRAMS = (".py",)
_NOTEBOOKS = (".ipynb",)
_ANSWERS = (".yaml", ".yml")
_NEVER_MEANT = (".", "__init__", "test_", "conftest", "setup.")
_PART = re.compile(r"(?<![a-z])(?:task|part|exercise|problem|question|step|aufgabe|teil)[\W_]*\d", re.IGNORECASE)
_EXACT, _OTHER_CASE, _LOOK_ALIKE, _NOTEBOOK, _LOOK_ALIKE_NOTEBOOK = range(5)


@dataclass(frozen=True)
class Choice:
    """path: the file chosen · problem: why there is none · notes: what has to be said; one sentence each ·
    parts: the files that could be one program together, in order"""

    path: str | None
    notes: tuple[str, ...] = ()
    problem: str | None = None
    parts: tuple[str, ...] = ()
    several: bool = False  # whether more than one file could be meant, so that none was chosen


def rank(name: str, wanted: str) -> int | None:
    """How well a file name fits the wanted one: 0 exactly, then less; None not at all.

    "lab4.py", "Lab4 (1).py", "lab4-1.py", "Lab4_v2.py", "Copy of Lab 4.py", "Lab4.py.txt" all fit "Lab4.py".
    """
    if name == wanted:
        return _EXACT
    stem, extension = _split(wanted)
    own_stem, own_extension = _split(name)
    kin = _PROGRAMS if extension in _PROGRAMS else _ANSWERS
    if own_extension in kin:
        if own_stem == stem and not name.lower().endswith(".txt"):
            return _OTHER_CASE
        return _LOOK_ALIKE if _alike(own_stem, stem) else None
    if extension in _PROGRAMS and own_extension in _NOTEBOOKS and _alike(own_stem, stem):
        return _NOTEBOOK if own_stem == stem else _LOOK_ALIKE_NOTEBOOK
    if extension in _ANSWERS and own_extension == ".txt" and own_stem == stem:
        return _LOOK_ALIKE
    return None


def _split(name: str) -> tuple[str, str]:
    """Stem and extension in lower case; ".py.txt", as Windows saves it, counts as ".py"."""
    lower = name.lower()
    if lower.endswith((".py.txt", ".yaml.txt", ".yml.txt", ".ipynb.txt", ".ipynb.json")):
        lower = lower.rpartition(".")[0]
    stem, dot, extension = lower.rpartition(".")
    return (stem, dot + extension) if stem else (lower, "")


def _alike(own: str, stem: str) -> bool:
    """Whether the stem is a word of the other name, with or without a space before its number."""
    if re.search(r"(?<![a-z])test", own):
        return False
    words = r"[\W_]*0*".join(map(re.escape, re.findall(r"\d+|\D+", stem)))
    return re.search(rf"(?<![^\W_]){words}(?!\d)", own) is not None


def choose(handed: FileSet, wanted: str, *, alone: bool = False) -> Choice:
    """The file that is meant by `wanted`, the best fitting name first, then the outermost folder.

    With `alone`, the only file of its kind is taken whatever its name.
    """
    paths = (*handed.files, *handed.refused)
    fitting = [(fit, path.count("/"), path) for path in paths if (fit := rank(basename(path), wanted)) is not None]
    candidates = sorted(each for each in fitting if each[1] <= NEAR) or sorted(fitting)
    if not candidates:
        return _only_one(handed, wanted) if alone else Choice(None, problem=_missing(handed, wanted))
    fit, depth, path = candidates[0]
    rivals = [other[2] for other in candidates if other[:2] == (fit, depth)]
    contents = {handed.files.get(other) for other in rivals}
    ignored = [other[2] for other in candidates[1:]]
    parts = [other for other in ignored if other in rivals or _PART.search(basename(other))]
    together = tuple(sorted((path, *parts))) if parts else ()
    if len(contents) > 1 or (len(rivals) > 1 and None in contents):
        problem = f"Which file is your {wanted} is not clear; hand in only one of these: {list_names(rivals)}."
        return Choice(None, problem=problem, parts=together, several=True)
    if ignored:
        said = f"{printable(path)} was read" + (f" as {wanted}" if path != wanted else "")
        return Choice(path, (f"{said}; also found, and ignored: {list_names(ignored)}.",), parts=together)
    return Choice(path, read_as(path, wanted))


def _only_one(handed: FileSet, wanted: str) -> Choice:
    """The only file of the kind of `wanted`: one program, else one notebook; or one YAML file."""
    programs = _split(wanted)[1] in _PROGRAMS
    for kind in (_PROGRAMS, _NOTEBOOKS) if programs else (_ANSWERS,):
        meant = [path for path in handed.files if not basename(path).startswith(_NEVER_MEANT)]
        every = [path for path in meant if _split(basename(path))[1] in kind]
        paths = [path for path in every if path.count("/") <= NEAR] or every
        if len(paths) == 1:
            return Choice(paths[0], read_as(paths[0], wanted))
        if paths:
            break
    code = [path for path in handed.files if _split(basename(path))[1] in (*_PROGRAMS, *_NOTEBOOKS)]
    parts = tuple(sorted(path for path in code if _PART.search(basename(path)))) if programs else ()
    return Choice(None, problem=_missing(handed, wanted), parts=parts, several=len(paths) > 1)


def read_as(path: str, wanted: str) -> tuple[str, ...]:
    """The note that a file was read under another name than its own, if it was."""
    return () if path == wanted else (f"{printable(path)} was read as {wanted}.",)


def _missing(handed: FileSet, wanted: str) -> str:
    found = sorted((*handed.files, *handed.refused), key=lambda path: (path.count("/"), path))
    folders = [*sorted(handed.folders), *(path.rpartition("/")[0] for path in found)]
    for folder in folders:
        if basename(folder).lower() == wanted.lower():
            return f"{printable(folder)} is a folder, not a file; hand in the file {wanted} itself."
    said = f"Found: {list_names(found)}." if found else "Nothing else was handed in either."
    return f"No {wanted} was found; hand in a file of that name. {said}"


def is_answers(name: str, wanted: str) -> bool:
    """Whether a file handed in by itself is the answers, by its name; anything else is the program."""
    return rank(name, wanted) is not None or _split(name)[1] in _ANSWERS
