"""Which of the files handed in is the program, and which are the answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import basename

from .handed import Handed
from .wording import listed, printable

MAX_DEPTH = 3
"""Folders to look down: the wrapper of a zip inside, its own folder, one more."""

_PROGRAMS = (".py",)
_NOTEBOOKS = (".ipynb",)
_ANSWERS = (".yaml", ".yml")
_NEVER_MEANT = (".", "__init__", "test_", "conftest", "setup.")
_EXACT, _OTHER_CASE, _LOOK_ALIKE, _NOTEBOOK, _LOOK_ALIKE_NOTEBOOK = range(5)


@dataclass(frozen=True)
class Choice:
    """path: the file chosen · problem: why there is none · notes: what has to be said; one sentence each"""

    path: str | None
    notes: tuple[str, ...] = ()
    problem: str | None = None


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


def choose(handed: Handed, wanted: str, *, alone: bool = False) -> Choice:
    """The file that is meant by `wanted`, the best fitting name first, then the outermost folder.

    With `alone`, the only file of its kind is taken whatever its name.
    """
    candidates = []
    for path in (*handed.files, *handed.refused):
        fit = rank(basename(path), wanted)
        if fit is not None and path.count("/") <= MAX_DEPTH:
            candidates.append((fit, path.count("/"), path))
    if not candidates:
        return _only_one(handed, wanted) if alone else Choice(None, problem=_missing(handed, wanted))
    candidates.sort()
    fit, depth, path = candidates[0]
    rivals = [other for other in candidates if other[:2] == (fit, depth)]
    contents = {handed.files.get(other[2]) for other in rivals}
    if len(contents) > 1 or (len(rivals) > 1 and None in contents):
        names = listed(other[2] for other in rivals)
        problem = f"Which file is your {wanted} is not clear; hand in only one of these: {names}."
        return Choice(None, problem=problem)
    ignored = [other[2] for other in candidates[1:]]
    if ignored:
        said = f"{printable(path)} was read" + (f" as {wanted}" if path != wanted else "")
        return Choice(path, (f"{said}; also found, and ignored: {listed(ignored)}.",))
    return Choice(path, read_as(path, wanted))


def _only_one(handed: Handed, wanted: str) -> Choice:
    """The only file of the kind of `wanted`: one program, else one notebook; or one YAML file."""
    kinds = (_PROGRAMS, _NOTEBOOKS) if _split(wanted)[1] in _PROGRAMS else (_ANSWERS,)
    for kind in kinds:
        near = [path for path in handed.files if path.count("/") <= MAX_DEPTH]
        paths = [path for path in near if _split(basename(path))[1] in kind]
        paths = [path for path in paths if not basename(path).startswith(_NEVER_MEANT)]
        if len(paths) == 1:
            return Choice(paths[0], read_as(paths[0], wanted))
        if paths:
            break
    return Choice(None, problem=_missing(handed, wanted))


def read_as(path: str, wanted: str) -> tuple[str, ...]:
    """The note that a file was read under another name than its own, if it was."""
    return () if path == wanted else (f"{printable(path)} was read as {wanted}.",)


def _missing(handed: Handed, wanted: str) -> str:
    found = sorted((*handed.files, *handed.refused), key=lambda path: (path.count("/"), path))
    folders = [*sorted(handed.folders), *(path.rpartition("/")[0] for path in found)]
    for folder in folders:
        if basename(folder).lower() == wanted.lower():
            return f"{printable(folder)} is a folder, not a file; hand in the file {wanted} itself."
    said = f"Found: {listed(found)}." if found else "Nothing else was handed in either."
    return f"No {wanted} was found; hand in a file of that name. {said}"


def is_answers(name: str, wanted: str) -> bool:
    """Whether a file handed in by itself is the answers, by its name; anything else is the program."""
    return rank(name, wanted) is not None or _split(name)[1] in _ANSWERS
