"""Finds the program and the answers among the submitted files."""

import re
from dataclasses import dataclass
from posixpath import basename

from autograder.submission.file_set import FileSet
from autograder.text import list_names, printable

NEAR = 3
"""Folders around a file that is looked at first: a zip inside the submission, its own folder, one more. Files that lie
deeper are considered only if there is none."""

_PROGRAMS = (".py",)
_NOTEBOOKS = (".ipynb",)
_ANSWERS = (".yaml", ".yml")
_NEVER_MEANT = (".", "__init__", "test_", "conftest", "setup.")
_PART = re.compile(r"(?<![a-z])(?:task|part|exercise|problem|question|step|aufgabe|teil)[\W_]*\d", re.IGNORECASE)
_EXACT, _OTHER_CASE, _LOOK_ALIKE, _NOTEBOOK, _LOOK_ALIKE_NOTEBOOK = range(5)


@dataclass(frozen=True)
class Choice:
    """The file that was chosen as the program or the answers."""

    path: str | None
    notes: tuple[str, ...] = ()  # for the student, one sentence each
    problem: str | None = None  # why no file was chosen
    parts: tuple[str, ...] = ()  # files that may form one program together, in order
    several: bool = False  # whether more than one file could be meant, so that none was chosen


def rank(name: str, wanted: str) -> int | None:
    """How well a file name matches the wanted one: 0 is exact, larger numbers are worse, None is no match.

    "lab4.py", "Lab4 (1).py", "lab4-1.py", "Lab4_v2.py", "Copy of Lab 4.py", "Lab4.py.txt" all match "Lab4.py".
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
    """Stem and extension in lower case. Windows may save ".py.txt", which counts as ".py"."""
    lower = name.lower()
    if lower.endswith((".py.txt", ".yaml.txt", ".yml.txt", ".ipynb.txt", ".ipynb.json")):
        lower = lower.rpartition(".")[0]
    stem, dot, extension = lower.rpartition(".")
    return (stem, dot + extension) if stem else (lower, "")


def _alike(own: str, stem: str) -> bool:
    """Whether the stem appears as a word in the other name, with or without a space before its number."""
    if re.search(r"(?<![a-z])test", own):
        return False
    words = r"[\W_]*0*".join(map(re.escape, re.findall(r"\d+|\D+", stem)))
    return re.search(rf"(?<![^\W_]){words}(?!\d)", own) is not None


def choose(submitted: FileSet, wanted: str, *, alone: bool = False) -> Choice:
    """Choose the file that is meant by `wanted`: the best matching name, then the outermost folder.

    alone: also accept the only file of its kind, whatever its name.
    """
    paths = (*submitted.files, *submitted.refused)
    fitting = [(fit, path.count("/"), path) for path in paths if (fit := rank(basename(path), wanted)) is not None]
    candidates = sorted(each for each in fitting if each[1] <= NEAR) or sorted(fitting)
    if not candidates:
        return _only_one(submitted, wanted) if alone else Choice(None, problem=_missing(submitted, wanted))
    fit, depth, path = candidates[0]
    rivals = [other[2] for other in candidates if other[:2] == (fit, depth)]
    contents = {submitted.files.get(other) for other in rivals}
    ignored = [other[2] for other in candidates[1:]]
    parts = [other for other in ignored if other in rivals or _PART.search(basename(other))]
    together = tuple(sorted((path, *parts))) if parts else ()
    if len(contents) > 1 or (len(rivals) > 1 and None in contents):
        problem = f"It is not clear which file is your {wanted}; submit only one of these: {list_names(rivals)}."
        return Choice(None, problem=problem, parts=together, several=True)
    if ignored:
        said = f"{printable(path)} was read" + (f" as {wanted}" if path != wanted else "")
        return Choice(path, (f"{said}; also found, and ignored: {list_names(ignored)}.",), parts=together)
    return Choice(path, read_as(path, wanted))


def _only_one(submitted: FileSet, wanted: str) -> Choice:
    """The only file of the kind of `wanted`: one program or one notebook; or one YAML file."""
    programs = _split(wanted)[1] in _PROGRAMS
    for kind in (_PROGRAMS, _NOTEBOOKS) if programs else (_ANSWERS,):
        meant = [path for path in submitted.files if not basename(path).startswith(_NEVER_MEANT)]
        every = [path for path in meant if _split(basename(path))[1] in kind]
        paths = [path for path in every if path.count("/") <= NEAR] or every
        if len(paths) == 1:
            return Choice(paths[0], read_as(paths[0], wanted))
        if paths:
            break
    code = [path for path in submitted.files if _split(basename(path))[1] in (*_PROGRAMS, *_NOTEBOOKS)]
    parts = tuple(sorted(path for path in code if _PART.search(basename(path)))) if programs else ()
    return Choice(None, problem=_missing(submitted, wanted), parts=parts, several=len(paths) > 1)


def read_as(path: str, wanted: str) -> tuple[str, ...]:
    """The note that a file was read although it has another name; empty if it has the wanted name."""
    return () if path == wanted else (f"{printable(path)} was read as {wanted}.",)


def _missing(submitted: FileSet, wanted: str) -> str:
    found = sorted((*submitted.files, *submitted.refused), key=lambda path: (path.count("/"), path))
    folders = [*sorted(submitted.folders), *(path.rpartition("/")[0] for path in found)]
    for folder in folders:
        if basename(folder).lower() == wanted.lower():
            return f"{printable(folder)} is a folder, not a file; submit the file {wanted} itself."
    said = f"Found: {list_names(found)}." if found else "The submission has no other files."
    return f"No {wanted} was found; submit a file with that name. {said}"


def is_answers(name: str, wanted: str) -> bool:
    """Whether a single submitted file is the answers, judged by its name; otherwise it is the program."""
    return rank(name, wanted) is not None or _split(name)[1] in _ANSWERS
