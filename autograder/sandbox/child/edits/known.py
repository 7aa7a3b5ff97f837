"""What a function computes with: the variables, keys and functions that an edit can put in."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.sandbox.child.edits.edit import READ

FUNCTIONS = ("relu", "sigmoid", "tanh", "exp", "abs")


@dataclass(frozen=True)
class Known:
    """What edits can put in.

    inputs: the parameters of the function
    names: these, and other variables that it computes with
    graded: those of them that have a gradient
    unused: parameters and variables that nothing reads: likely to be forgotten somewhere
    keys: the names of what is to be returned, and other keys of dicts
    functions: of FUNCTIONS, those that the right program applies
    """

    inputs: Sequence[str]
    names: Sequence[str]
    graded: Sequence[str]
    unused: Sequence[str]
    keys: Sequence[str]
    functions: Sequence[str]


def known_in(tree: ast.stmt, fields: Sequence[str], functions: Sequence[str]) -> Known:
    """What a statement of the program computes with.

    Args:
        tree: the statement.
        fields: the names of what the function is to return.
        functions: those that the right program applies.
    """
    used = [name for name in FUNCTIONS if name in functions]
    inputs = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg) and node.arg not in ("self", "device")]
    keys = [*dict.fromkeys([*fields, *_keys(tree)])]
    unused = [*_unused(tree, inputs)]
    names = [*dict.fromkeys([*_names(tree, inputs), *unused])]
    return Known(inputs, names, [*dict.fromkeys(_graded(tree))], unused, keys, used)


def _names(tree: ast.stmt, inputs: Sequence[str]) -> Iterator[str]:
    """The variables that are computed with, each once: the parameters first, then in the order of the assignments."""
    operands = {each for node in ast.walk(tree) for each in _operands(node)}
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    yield from dict.fromkeys([*inputs, *filter(operands.__contains__, stored)])


def _operands(node: ast.AST) -> Iterator[str]:
    """The variables that a node computes with, or asks for a number or a gradient."""
    inner: list[ast.AST] = []
    match node:
        case ast.BinOp() | ast.UnaryOp() | ast.Compare():
            inner = [*ast.iter_child_nodes(node)]
        case ast.Call(args=args):
            inner = [*args]
        case ast.Attribute(value=value, attr=attr) if attr in READ:
            inner = [value]
        case ast.Dict(values=values):
            inner = [*values]
        case ast.AugAssign(target=target):
            inner = [target]
    yield from (each.id for each in inner if isinstance(each, ast.Name))


def _unused(tree: ast.stmt, inputs: Sequence[str]) -> Iterator[str]:
    """The parameters and variables that nothing reads."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    stored = [node.id for node in names if isinstance(node.ctx, ast.Store) and not node.id.startswith("_")]
    yield from (name for name in dict.fromkeys([*inputs, *stored]) if name not in read)


def _graded(tree: ast.stmt) -> Iterator[str]:
    """The variables that have a gradient: it is read, or asked for."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr="grad"):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if "requires_grad" in ast.unparse(value):
                yield name
            case ast.Attribute(value=ast.Name(id=name), attr="requires_grad_"):
                yield name


def _keys(tree: ast.stmt) -> Iterator[str]:
    """The texts in brackets: keys of dicts."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            yield node.slice.value
