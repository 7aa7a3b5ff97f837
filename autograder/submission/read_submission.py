"""From a path to a Submission: the one function that the rest of the grader calls."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from posixpath import basename

from autograder.submission.answers.parse import parse_answers
from autograder.submission.combine import combine
from autograder.submission.decode import decode
from autograder.submission.file_set import MAX_TOTAL_BYTES, FileSet
from autograder.submission.model import Answers, PartUnreadable, Program, Submission, Unreadable
from autograder.submission.notebook import code_cells, without_commands
from autograder.submission.read_files import read_files
from autograder.submission.select import Choice, choose, is_answers, read_as
from autograder.submission.unzip import is_zip, unzip
from autograder.submission.workdir import place_files
from autograder.text import list_names, printable

MAX_ZIPS_INSIDE = 4
MAX_PARTS = 10  # files of one program


def read(what: Path | FileSet, *, program: str = "Lab4.py", answers: str = "answers.yaml") -> Submission:
    """What was handed in: at a path a folder, a zip, or one file; or what was gathered from there.

    program, answers: the names asked of the students; names like them are read too, and it is said.
    Raises NotFound where nothing is at the path, Unreadable where what is there cannot be read at all;
    one unreadable part (program or answers) is a sentence in `problems`, and the other part is still read.
    """
    handed = what if isinstance(what, FileSet) else read_files(what)
    look = _choose_single if handed.single else _choose
    handed, code, paper = look(handed, program, answers)
    read_program: Program | None = None
    read_answers: Answers | None = None
    said: tuple[str, ...]
    if code.parts and (joined := _in_parts(handed, code.parts, program)):
        read_program, said = joined
        code = Choice(code.parts[0], said)
    notes = [*handed.notes, *code.notes, *paper.notes]
    problems = [code.problem] if code.problem else []
    if code.path is not None and read_program is None:
        try:
            read_program, said = _program(code.path, _content(handed, code.path), program)
            notes += said
        except PartUnreadable as problem:
            problems.append(str(problem))
    if paper.problem:
        problems.append(paper.problem)
    if paper.path is not None:
        try:
            name = printable(basename(paper.path))
            text, said = decode(_content(handed, paper.path), name)
            notes += said
            read_answers = parse_answers(text, name)
        except PartUnreadable as problem:
            problems.append(str(problem))
    files, said = place_files(handed.files, code.path, paper.path, program)
    notes += said
    notes += _left_out(handed.refused, {code.path, paper.path})
    unclear = code.several and read_program is None
    return Submission(files, read_program, read_answers, tuple(notes), tuple(problems), unclear)


def _choose(handed: FileSet, program: str, answers: str) -> tuple[FileSet, Choice, Choice]:
    """Look for both parts in what was handed in; in the zips inside it only for a part that is not there."""
    if choose(handed, program).path is None or choose(handed, answers).path is None:
        handed = _with_zips_open(handed)
    return handed, choose(handed, program, alone=True), choose(handed, answers, alone=True)


def _choose_single(handed: FileSet, program: str, answers: str) -> tuple[FileSet, Choice, Choice]:
    """A file by itself is the program, or by its name the answers; nothing is looked for beside it."""
    (name,) = handed.files
    if is_answers(name, answers):
        note = f"Only the answers were given, so no {program} was read; give the folder that holds both."
        return handed, Choice(None, (note,)), Choice(name, read_as(name, answers))
    note = f"Only the program was given, so no {answers} was read; give the folder that holds both."
    return handed, Choice(name, read_as(name, program)), Choice(None, (note,))


def _with_zips_open(handed: FileSet) -> FileSet:
    """The zips inside, at most one folder down, opened as folders of that name; zips in those stay shut. All of them
    together may unpack to as much as one."""
    files, refused, room = dict(handed.files), dict(handed.refused), MAX_TOTAL_BYTES
    folders, notes = set(handed.folders), list(handed.notes)
    zips = [
        path
        for path, content in sorted(handed.files.items())
        if path.lower().endswith(".zip") and path.count("/") <= 1 and is_zip(content)
    ]
    for path in zips[:MAX_ZIPS_INSIDE]:
        try:
            inside = unzip(files[path], printable(path), room)
        except Unreadable as problem:
            notes.append(str(problem))
            continue
        room -= sum(map(len, inside.files.values()))
        del files[path]
        files.update({f"{path}/{inner}": content for inner, content in inside.files.items()})
        refused.update({f"{path}/{inner}": why for inner, why in inside.refused.items()})
        folders.update(f"{path}/{inner}" for inner in inside.folders)
    return replace(handed, files=files, refused=refused, folders=frozenset(folders), notes=tuple(notes))


def _content(handed: FileSet, path: str) -> bytes:
    """The bytes of a file that was chosen. Raises PartUnreadable where they were refused."""
    if path in handed.refused:
        raise PartUnreadable(f"{printable(path)} {handed.refused[path]}; hand in the file itself.")
    return handed.files[path]


def _program(path: str, data: bytes, wanted: str) -> tuple[Program, tuple[str, ...]]:
    """The program of a .py file or notebook, and what has to be said about reading it."""
    name = printable(basename(path))
    text, notes = decode(data, name, cookie=True)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    # A notebook saved under a .py name is still a notebook.
    if name.lower().endswith(".ipynb") or (text.lstrip().startswith("{") and '"cells"' in text):
        cells, said = code_cells(text, name, wanted)
        return Program(name, cells, digest, notebook=True), (*notes, *said)
    clean, lines = without_commands(text)
    if lines:
        said = (f"Notebook commands (% ! ?) in {name} were left out: line {list_names(map(str, lines))}.",)
        return Program(name, (clean,), digest), (*notes, *said)
    return Program(name, (text,), digest), notes


def _in_parts(handed: FileSet, paths: Sequence[str], wanted: str) -> tuple[Program, tuple[str, ...]] | None:
    """The program that these files are together, and what has to be said; None where they are none."""
    if len(paths) > MAX_PARTS or not all(path in handed.files for path in paths):
        return None
    try:
        read_parts = [_program(path, handed.files[path], wanted) for path in paths]
    except PartUnreadable:
        return None
    program = combine([part for part, _ in read_parts])
    if program is None:
        return None
    said = f"{list_names(paths)} were read together as {wanted}, because no function is defined in two ways."
    return program, (said, *(note for _, notes in read_parts for note in notes))


def _left_out(refused: Mapping[str, str], chosen: set[str | None]) -> list[str]:
    """One note for each file that could not be read, the parts apart; at most a few."""
    others = [path for path in refused if path not in chosen]
    notes = [f"{printable(path)} was left out: it {refused[path]}." for path in others[:5]]
    return [*notes, f"{len(others) - 5} more files were left out."] if len(others) > 5 else notes
