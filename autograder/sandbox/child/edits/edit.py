"""One small change of a syntax tree, which can be made and undone."""

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LIKELY, RIGHT_VALUE, POSSIBLE, UNLIKELY = range(4)  # ranks: how often an edit undoes a mistake of students


@dataclass(frozen=True)
class Edit:
    """A change of one place. kind: what has to be looked at there, one of `protocol.EDITS`."""

    kind: str
    rank: int
    line: int
    places: tuple[tuple[ast.AST, str, Any], ...]  # fields of nodes, each with its new content


@contextlib.contextmanager
def made(edit: Edit) -> Iterator[None]:
    """Change the tree, and undo it in the end."""
    before = [(node, field, getattr(node, field)) for node, field, _ in edit.places]
    for node, field, content in edit.places:
        setattr(node, field, content)
        for each in content if isinstance(content, list) else [content]:
            if isinstance(each, ast.expr):  # not when the edit is found: most edits are never made
                ast.fix_missing_locations(each)
    try:
        yield
    finally:
        for node, field, content in before:
            setattr(node, field, content)


@dataclass(frozen=True)
class Slot:
    """A place of a tree that holds an expression. index: within a list; None if the field holds nothing else."""

    owner: ast.AST
    field: str
    index: int | None
    node: ast.expr

    def filled(self, kind: str, rank: int, new: ast.expr) -> Edit:
        """The edit that puts another expression there."""
        if not hasattr(new, "lineno"):  # a part of the old expression keeps its own place
            ast.copy_location(new, self.node)
        content: Any = new
        if self.index is not None:
            content = [*getattr(self.owner, self.field)]
            content[self.index] = new
        return Edit(kind, rank, self.node.lineno, ((self.owner, self.field, content),))


def slots(tree: ast.AST) -> Iterator[Slot]:
    """The expressions below a node that are computed when it runs, outermost first, in the order of the text.

    What is only printed, annotations, decorators, default values and targets of assignments are left out.
    """
    for field, content in ast.iter_fields(tree):
        if field in ("decorator_list", "annotation", "returns", "type_comment", "args") and not isinstance(
            tree, ast.Call
        ):
            continue
        for index, node in enumerate(content) if isinstance(content, list) else [(None, content)]:
            if not isinstance(node, ast.AST) or isinstance(node, ast.JoinedStr) or is_idle(node):
                continue
            if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
                yield Slot(tree, field, index, node)
            yield from slots(node)


def is_idle(node: ast.AST) -> bool:
    """Whether a statement only prints something, perhaps on a condition, or is a text in the place of a statement."""
    if isinstance(node, ast.If):
        return not node.orelse and all(map(is_idle, node.body))
    if not isinstance(node, ast.Expr):
        return False
    called = node.value.func if isinstance(node.value, ast.Call) else None
    return isinstance(node.value, ast.Constant) or (isinstance(called, ast.Name) and called.id == "print")
