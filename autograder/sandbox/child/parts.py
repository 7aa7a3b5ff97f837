"""The statements of a program that a function depends on: what may be changed to repair it. Runs in the sandbox."""

import ast
import contextlib
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from autograder.sandbox.child import statements
from autograder.sandbox.child.load import LoadedProgram, future_flags

MOST_PARTS = 6
MOST_NODES = 2000  # of one part; a longer one is left alone, because to change it would take too long


@dataclass(frozen=True)
class Part:
    """A top-level statement of the program. flags: of the compiler, for its file."""

    tree: ast.stmt
    cell: int  # from 1
    file: str
    flags: int = 0

    @cached_property
    def names(self) -> list[str]:
        """What it defines."""
        return statements.bound(self.tree)

    @cached_property
    def uses(self) -> list[str]:
        """The names that it takes from elsewhere, each once: not its parameters and its own variables."""
        nodes = [*ast.walk(self.tree)]
        own: set[str] = set()
        if isinstance(self.tree, statements.Definition):
            own = {node.arg for node in nodes if isinstance(node, ast.arg)}
            own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
            own -= {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
        loaded = (node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
        return [name for name in dict.fromkeys(loaded) if name not in own]


def parts(program: LoadedProgram, function: str, right: Iterable[str], wrong: Collection[str]) -> list[Part]:
    """The statement that defines a function, then those that define what it uses.

    Args:
        program: the program.
        function: the function.
        right: functions that are right: neither they nor what they use is changed, but for the function itself, and
            for what they use only by way of a wrong one.
        wrong: other functions that are wrong. If it uses one of them, the mistake is likely there: nothing is changed.
    """
    defined = _defined(program)
    kept = [*_reachable({name: part for name, part in defined.items() if name not in (function, *wrong)}, right)]
    found = [part for part in _reachable(defined, [function]) if function in part.names or part not in kept]
    if any(name in wrong for part in found for name in part.names):
        return []
    return [part for part in found if sum(1 for _ in ast.walk(part.tree)) <= MOST_NODES][:MOST_PARTS]


def _defined(program: LoadedProgram) -> dict[str, Part]:
    """The last statement that defines each name; a function rather than what is made of it later."""
    found: dict[str, Part] = {}
    for cell, (file, text) in enumerate(zip(program.files, program.cells, strict=True), 1):
        flags = program.flags
        with contextlib.suppress(SyntaxError):
            for statement in statements.of(ast.parse(text, file)):
                if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                    flags |= future_flags(statement)
                if not isinstance(statement, ast.Import | ast.ImportFrom):
                    part = Part(statement, cell, file, flags)
                    found.update(dict.fromkeys(part.names, part))
    return found


def _reachable(defined: Mapping[str, Part], names: Iterable[str]) -> Iterator[Part]:
    """What defines the names, and what that uses in turn: functions and classes before values."""
    seen: list[Part] = []
    left = deque(names)
    while left:
        part = defined.get(left.popleft())
        if part and part not in seen:
            seen.append(part)
            left += part.uses
    yield from seen[:1]
    yield from sorted(seen[1:], key=lambda each: not isinstance(each.tree, statements.Definition))
