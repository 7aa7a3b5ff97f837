"""Wrong programs, made of the reference by one slip each; those of a function differ in kind and in line."""

import ast
import hashlib
import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from autograder.authoring.audit.slips import Slip, Source, slips
from autograder.submission import Program


@dataclass(frozen=True)
class Change:
    """A program with one slip."""

    kind: str
    cell: int  # from 1
    line: int  # of the reference, the first one that is changed
    lines: tuple[int, ...]  # of the wrong program: where the mistake is
    before: str  # what stands in the changed lines
    after: str  # what takes its place, or what happens to the line
    program: Program

    @property
    def text(self) -> str:
        """For the instructor."""
        return f"line {self.line}: {self.before} → {self.after}"


@dataclass(frozen=True)
class _Cell:
    """One text of the program, parsed. number: from 1."""

    number: int
    text: str
    functions: Mapping[str, ast.FunctionDef]
    tree: str  # as ast.dump() writes it

    @cached_property
    def source(self) -> Source:
        return Source(tuple(line.encode() for line in self.text.split("\n")))


def changes(program: Program, function: str, others: Collection[str], number: int) -> list[Change]:
    """Wrong programs for a function; the same in every run.

    Args:
        program: The reference.
        function: Where the slips are made, or in a helper that it uses.
        others: Functions that checks call: they are not helpers.
        number: How many programs; fewer if there are not so many slips.
    """
    cells = [*_cells(program)]
    found = [(cell, slip) for cell, each in _parts(cells, function, others) for slip in slips(each, cell.source)]
    random.Random(f"slips in {function}").shuffle(found)
    chosen: list[Change] = []
    kinds, lines = Counter[str](), Counter[tuple[int, int]]()

    def familiar(each: tuple[_Cell, Slip]) -> tuple[int, int]:
        """How little a slip adds to the chosen ones: new kinds and lines come first, then rare ones."""
        cell, slip = each
        alike, near = kinds[slip.kind], lines[cell.number, slip.line]
        return min(alike, 1) + min(near, 1), alike + near

    while found and len(chosen) < number:
        best = min(range(len(found)), key=lambda place: familiar(found[place]))
        cell, slip = found.pop(best)
        if change := _made(program, cell, slip):
            chosen.append(change)
            kinds[change.kind] += 1
            lines[change.cell, change.line] += 1
    return chosen


def _cells(program: Program) -> Iterator[_Cell]:
    for number, text in enumerate(program.cells, 1):
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
        yield _Cell(number, text, functions, ast.dump(tree))


def _parts(cells: Sequence[_Cell], function: str, others: Collection[str]) -> Iterator[tuple[_Cell, ast.FunctionDef]]:
    """The function, and the helpers that it uses."""
    defined = {name: (cell, each) for cell in cells for name, each in cell.functions.items()}
    names = [function]
    for name in names:  # it grows
        if name in defined:
            yield defined[name]
            used = (node.id for node in ast.walk(defined[name][1]) if isinstance(node, ast.Name))
            names += [each for each in dict.fromkeys(used) if each not in names and each not in others]


def _made(program: Program, cell: _Cell, slip: Slip) -> Change | None:
    """The wrong program; None if that is no program, or the same one."""
    text = _changed(cell.source, slip)
    try:
        if ast.dump(ast.parse(text)) == cell.tree:
            return None
    except SyntaxError:
        return None
    cells = [*program.cells]
    cells[cell.number - 1] = text
    digest = hashlib.sha256("\n".join(cells).encode()).hexdigest()
    lines = sorted({span.line for span in slip.spans})
    removed = any(span.new is None for span in slip.spans)
    after = " … ".join(text.split("\n")[line - 1].strip() for line in lines) if not removed else "(left out)"
    return Change(
        slip.kind,
        cell.number,
        slip.line,
        (*(() if removed else lines), *slip.beside),
        " … ".join(cell.text.split("\n")[line - 1].strip() for line in lines),
        "(at another indentation)" if slip.kind == "indent" else after,
        replace(program, cells=tuple(cells), digest=digest),
    )


def _changed(source: Source, slip: Slip) -> str:
    lines: list[bytes | None] = [*source.lines]
    for span in sorted(slip.spans, key=lambda each: (each.line, each.begin), reverse=True):
        line = lines[span.line - 1] or b""
        lines[span.line - 1] = None if span.new is None else line[: span.begin] + span.new.encode() + line[span.end :]
    return b"\n".join(line for line in lines if line is not None).decode()
