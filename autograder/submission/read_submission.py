"""Reads a submission: the one function that the rest of the grader calls."""

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


def read(
    what: Path | FileSet, *, program: str = "Lab4.py", answers: str | None = "answers.yaml", arrays: bool = False
) -> Submission:
    """Read a submission. If the program or the answers cannot be read, `problems` says why; the other is still read.

    Args:
        what: the path of a folder, a zip or a file; or files that have been read already.
        program: the file name that students are asked to use; similar names are accepted with a note.
        answers: likewise for the paper answers; None if the lab asks for none.
        arrays: whether a paper answer may be a vector or a matrix.

    Raises:
        NotFound: nothing is at the path.
        Unreadable: the submission as a whole cannot be read.
    """
    submitted = what if isinstance(what, FileSet) else read_files(what)
    look = _choose_single if submitted.single else _choose
    submitted, code, paper = look(submitted, program, answers)
    read_program: Program | None = None
    read_answers: Answers | None = None
    said: tuple[str, ...]
    if code.parts and (joined := _in_parts(submitted, code.parts, program)):
        read_program, said = joined
        code = Choice(code.parts[0], said)
    notes = [*submitted.notes, *code.notes, *paper.notes]
    problems = [code.problem] if code.problem else []
    if code.path is not None and read_program is None:
        try:
            read_program, said = _program(code.path, _content(submitted, code.path), program)
            notes += said
        except PartUnreadable as problem:
            problems.append(str(problem))
    if paper.problem:
        problems.append(paper.problem)
    if paper.path is not None:
        try:
            name = printable(basename(paper.path))
            text, said = decode(_content(submitted, paper.path), name)
            notes += said
            read_answers = parse_answers(text, name, arrays=arrays)
        except PartUnreadable as problem:
            problems.append(str(problem))
    files, said = place_files(submitted.files, code.path, paper.path, program)
    notes += said
    notes += _left_out(submitted.refused, {code.path, paper.path})
    unclear = code.several and read_program is None
    return Submission(files, read_program, read_answers, tuple(notes), tuple(problems), unclear)


def _choose(submitted: FileSet, program: str, answers: str | None) -> tuple[FileSet, Choice, Choice]:
    """Find the program and the answers. Zips inside the submission are opened only if one of them is missing."""
    asked = [program] if answers is None else [program, answers]
    if any(choose(submitted, each).path is None for each in asked):
        submitted = _with_zips_open(submitted)
    paper = Choice(None) if answers is None else choose(submitted, answers, alone=True)
    return submitted, choose(submitted, program, alone=True), paper


def _choose_single(submitted: FileSet, program: str, answers: str | None) -> tuple[FileSet, Choice, Choice]:
    """A single file is the answers or the program, depending on its name; the other is missing."""
    (name,) = submitted.files
    if answers is None:
        return submitted, Choice(name, read_as(name, program)), Choice(None)
    if is_answers(name, answers):
        note = f"Only the answers were submitted, so no {program} was read; submit the folder that contains both."
        return submitted, Choice(None, (note,)), Choice(name, read_as(name, answers))
    note = f"Only the program was submitted, so no {answers} was read; submit the folder that contains both."
    return submitted, Choice(name, read_as(name, program)), Choice(None, (note,))


def _with_zips_open(submitted: FileSet) -> FileSet:
    """Open the zips inside the submission, as folders with their names. Zips that are two folders deep, or in another
    zip, stay closed. Together they may unpack to as much as a single zip."""
    files, refused, room = dict(submitted.files), dict(submitted.refused), MAX_TOTAL_BYTES
    folders, notes = set(submitted.folders), list(submitted.notes)
    zips = [
        path
        for path, content in sorted(submitted.files.items())
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
    return replace(submitted, files=files, refused=refused, folders=frozenset(folders), notes=tuple(notes))


def _content(submitted: FileSet, path: str) -> bytes:
    """The bytes of the chosen file. Raises PartUnreadable if it was refused."""
    if path in submitted.refused:
        raise PartUnreadable(f"{printable(path)} {submitted.refused[path]}; submit the file itself.")
    return submitted.files[path]


def _program(path: str, data: bytes, wanted: str) -> tuple[Program, tuple[str, ...]]:
    """The program in a .py file or notebook, and notes for the student."""
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


def _in_parts(submitted: FileSet, paths: Sequence[str], wanted: str) -> tuple[Program, tuple[str, ...]] | None:
    """Several files combined into one program, and notes for the student; None if they cannot be combined."""
    if len(paths) > MAX_PARTS or not all(path in submitted.files for path in paths):
        return None
    try:
        read_parts = [_program(path, submitted.files[path], wanted) for path in paths]
    except PartUnreadable:
        return None
    program = combine([part for part, _ in read_parts])
    if program is None:
        return None
    said = f"{list_names(paths)} were read together as {wanted}, because they do not define any function differently."
    return program, (said, *(note for _, notes in read_parts for note in notes))


def _left_out(refused: Mapping[str, str], chosen: set[str | None]) -> list[str]:
    """A note for each file that could not be read, except the program and the answers; for at most five files."""
    others = [path for path in refused if path not in chosen]
    notes = [f"{printable(path)} was left out: it {refused[path]}." for path in others[:5]]
    return [*notes, f"{len(others) - 5} more files were left out."] if len(others) > 5 else notes
