"""One program in several files, one for each task, say."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping, Sequence

from .model import Program
from .wording import listed

_OFTEN = frozenset({"main"})  # in every file of its own, and called nowhere else


def together(programs: Sequence[Program]) -> Program | None:
    """The programs as one, if each defines functions and none what another defines otherwise; else None."""
    known: dict[str, str] = {}
    for program in programs:
        defined = _defined(program)
        if not defined or any(known.get(name, text) != text for name, text in defined.items() if name not in _OFTEN):
            return None
        known.update(defined)
    return Program(
        listed(program.name for program in programs),
        tuple(cell for program in programs for cell in program.cells),
        hashlib.sha256("".join(program.digest for program in programs).encode()).hexdigest(),
        notebook=any(program.notebook for program in programs),
        parts=tuple(title for program in programs for title in program.titles),
    )


def _defined(program: Program) -> Mapping[str, str]:
    """The functions and classes of a program, each as its text; nothing where Python cannot read it."""
    defined: dict[str, str] = {}
    for cell in program.cells:
        try:
            tree = ast.parse(cell)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return {}
        definitions = (node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
        defined.update({node.name: ast.dump(node) for node in definitions})
    return defined
