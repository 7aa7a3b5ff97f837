"""Tells what a top-level statement would define, without running it. Runs in the sandbox."""

import ast
import re
from collections.abc import Iterator

Position = tuple[int, int]  # line from 1, and byte in it from 0
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
MAIN = ("__name__ == '__main__'", "'__main__' == __name__")
INNER_DEFINITION = re.compile(r"[\n\r][ \t\f]+(?:async|class|def|@)")
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def of(program: ast.Module) -> list[ast.stmt]:
    """The statements of a program, with those under `if __name__ == "__main__":` if they define functions, which are
    graded too."""
    return [inner for statement in program.body for inner in (_guarded(statement) or [statement])]


def may_be_guarded(cell: str) -> bool:
    """Whether there may be a definition under `if __name__ == "__main__":`, judged by the text alone."""
    at = cell.find("__name__")
    return at >= 0 and INNER_DEFINITION.search(cell, at) is not None


def _guarded(statement: ast.stmt) -> list[ast.stmt]:
    """The statements under `if __name__ == "__main__":` if there is a definition among them."""
    if isinstance(statement, ast.If) and ast.unparse(statement.test) in MAIN:
        return statement.body if definitions(statement) else []
    return []


def end(statement: ast.stmt) -> Position:
    """Where a statement ends."""
    return statement.end_lineno or 0, statement.end_col_offset or 0


def bound(statement: ast.stmt) -> list[str]:
    """The names that a statement binds in the module, each once."""
    return list(dict.fromkeys(name for node in _same_scope(statement) for name in _bound_by(node)))


def definitions(statement: ast.stmt) -> list[Definition]:
    """The functions and classes that a statement defines in the module, at any depth of blocks."""
    return [node for node in _same_scope(statement) if isinstance(node, Definition)]


def _bound_by(node: ast.AST) -> list[str]:
    if isinstance(node, Definition):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names if alias.name != "*"]
    return [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []


def _same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all nodes below it, except those within functions, classes and comprehensions."""
    yield node
    if not isinstance(node, (*SCOPES, *COMPREHENSIONS)):
        for child in ast.iter_child_nodes(node):
            yield from _same_scope(child)
