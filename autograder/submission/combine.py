"""Combines a program that was submitted in several files, for example one for each task."""

import ast
import hashlib
from collections.abc import Mapping, Sequence

from autograder import limited
from autograder.submission.model import Program
from autograder.text import list_names

_OFTEN = frozenset({"main"})  # every file may have its own, which no other file calls


def combine(programs: Sequence[Program]) -> Program | None:
    """Combine the programs if each defines functions and no two define the same name differently; otherwise None."""
    try:
        # Python's parser may use any amount of memory or fail on deep nesting, so it runs in another process.
        defined = limited.run(list[dict[str, str]], _definitions, [program.cells for program in programs])
    except limited.TooMuch:
        return None
    known: dict[str, str] = {}
    for each in defined:
        if not each or any(known.get(name, text) != text for name, text in each.items() if name not in _OFTEN):
            return None
        known.update(each)
    return Program(
        list_names(program.name for program in programs),
        tuple(cell for program in programs for cell in program.cells),
        hashlib.sha256("".join(program.digest for program in programs).encode()).hexdigest(),
        notebook=any(program.notebook for program in programs),
        parts=tuple(title for program in programs for title in program.titles),
    )


def _definitions(programs: Sequence[Sequence[str]]) -> list[Mapping[str, str]]:
    """The functions and classes of each program by name, each as a digest of its code; none for invalid Python."""
    return [_defined(cells) for cells in programs]


def _defined(cells: Sequence[str]) -> Mapping[str, str]:
    try:
        nodes = [node for cell in cells for node in ast.parse(cell).body]
    except (SyntaxError, ValueError):
        return {}
    definitions = (node for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
    return {node.name: hashlib.sha256(ast.dump(node).encode()).hexdigest() for node in definitions}
