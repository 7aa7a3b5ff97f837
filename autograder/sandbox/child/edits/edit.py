"""One small change of a syntax tree, which can be made and undone."""

import ast
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

PLACED = "_autograder_"  # before the names of functions that `repair` gives to the program
READ = ("backward", "item", "grad", "tolist", "numpy")  # what is asked of a variable that may be the wrong one
IDLE = {"device", "requires_grad", "dtype", "set_to_none", "retain_graph"}  # keywords that change no number
MOST_EXCHANGED = 12  # elements of a list
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

    @property
    def is_called(self) -> bool:
        """Whether it holds the function of a call."""
        return isinstance(self.owner, ast.Call) and self.field == "func"

    @property
    def is_form(self) -> bool:
        """Whether the expression is only a part of how something is called, such as a function's name or an index."""
        if isinstance(self.owner, ast.Attribute) and self.owner.attr in READ:
            return not isinstance(self.node, ast.Name)
        is_idle = isinstance(self.owner, ast.keyword) and self.owner.arg in IDLE
        return self.is_called or is_idle or isinstance(self.owner, ast.Attribute | ast.Subscript)

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


def named(name: str) -> ast.Name:
    """A variable that is read."""
    return ast.Name(name, ast.Load())


def placed(function: str, argument: ast.expr) -> ast.Call:
    """A call of a function that `repair` gives to the program."""
    return ast.Call(named(PLACED + function), [argument], [])


def exchanged(owner: ast.AST, field: str, parts: Sequence[ast.expr]) -> Iterator[Edit]:
    """Each two parts of a list in each other's place."""
    for one, other in combinations(range(min(len(parts), MOST_EXCHANGED)), 2):
        new = [*parts]
        new[one], new[other] = parts[other], parts[one]
        yield Edit("order", LIKELY, parts[one].lineno, ((owner, field, new),))
