"""Inside the sandbox: what a statement outside of functions would do, seen without running it."""

import ast
from collections.abc import Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
MAIN = ("__name__ == '__main__'", "'__main__' == __name__")
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def of(program: ast.Module) -> list[ast.stmt]:
    """The statements of a program. Those under `if __name__ == "__main__":` are among them if they define functions:
    these are to be graded too."""
    return [inner for statement in program.body for inner in (_guarded(statement) or [statement])]


def _guarded(statement: ast.stmt) -> list[ast.stmt]:
    """The statements under `if __name__ == "__main__":` if there is a definition among them."""
    if isinstance(statement, ast.If) and ast.unparse(statement.test) in MAIN:
        return statement.body if definitions(statement) else []
    return []


def bound(statement: ast.stmt) -> list[str]:
    """The names that a statement binds in the module, each once."""
    return list(dict.fromkeys(name for node in _same_scope(statement) for name in _bound_by(node)))


def definitions(statement: ast.stmt) -> list[Definition]:
    """The functions and classes of the module that a statement defines, in whatever blocks."""
    return [node for node in _same_scope(statement) if isinstance(node, Definition)]


def _bound_by(node: ast.AST) -> list[str]:
    if isinstance(node, Definition):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names if alias.name != "*"]
    return [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []


def _same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, but for what is within functions, classes and comprehensions."""
    yield node
    if not isinstance(node, (*SCOPES, *COMPREHENSIONS)):
        for child in ast.iter_child_nodes(node):
            yield from _same_scope(child)
