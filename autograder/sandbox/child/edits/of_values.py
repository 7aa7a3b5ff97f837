"""Expressions replaced by a right value: where that makes everything right, the expression is where it goes wrong."""

import ast
from collections.abc import Collection, Iterator, Sequence

from autograder.sandbox.child import statements
from autograder.sandbox.child.edits.edit import POSSIBLE, RIGHT_VALUE, UNLIKELY, Edit, Slot, slots

RIGHT = "_autograder_right"  # in the program, while it is tried: the right values by name


def edits(
    tree: ast.stmt, quantities: Sequence[str], suspects: Sequence[str], helpers: Collection[str]
) -> Iterator[tuple[Edit, str]]:
    """Each expression replaced by the right value of each quantity, which is named beside the edit.

    What is returned as it stands is left out: to replace it proves nothing. Whether a call of a helper goes wrong in
    the helper or in what it is given, a right value does not show, so other edits come first.

    Args:
        tree: a statement of the program.
        quantities: the names of the right values.
        suspects: the first wrong quantity, and those that it is computed from.
        helpers: functions of the program that the function under test calls.
    """
    returns = [statement for statement in ast.walk(tree) if isinstance(statement, ast.Return)]
    returned = {id(node) for statement in returns for node in _as_it_stands(statement)}
    parameters = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    overwritten = parameters & _stored(tree)  # the mistake may be there
    within = not set(helpers).isdisjoint(statements.bound(tree))
    for slot in reversed([*slots(tree)]):  # what is within another expression first
        if id(slot.node) not in returned and _computes(slot):
            likely = not within and not _calls(slot.node, helpers) and overwritten.isdisjoint(_read(slot.node))
            for quantity in quantities:
                value = ast.Subscript(ast.Name(RIGHT, ast.Load()), ast.Constant(quantity), ast.Load())
                rank = UNLIKELY
                if likely and quantity in suspects:  # of the first, a whole formula would be replaced
                    rank = POSSIBLE if quantity == suspects[0] else RIGHT_VALUE
                yield slot.filled("value", rank, value), quantity


def _stored(tree: ast.stmt) -> set[str]:
    return {each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def _read(node: ast.expr) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _calls(node: ast.expr, helpers: Collection[str]) -> bool:
    called = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
    return any(isinstance(each, ast.Name) and each.id in helpers for each in called)


def _as_it_stands(statement: ast.Return) -> Iterator[ast.expr]:
    """What a statement returns without computing it."""
    left = [statement.value] if statement.value else []
    while left:
        node = left.pop()
        if not isinstance(node, (ast.BinOp, ast.UnaryOp, ast.IfExp)):
            yield node
        if isinstance(node, ast.Tuple | ast.List):
            left += node.elts
        elif isinstance(node, ast.Dict):
            left += node.values
        elif isinstance(node, ast.Call):
            left += node.args


def _computes(slot: Slot) -> bool:
    """Whether it is an expression with a value of its own, not a part of a call's or a keyword's form."""
    if isinstance(slot.owner, ast.Attribute | ast.Subscript) or (
        isinstance(slot.owner, ast.Call) and slot.field == "func"
    ):
        return False
    return isinstance(slot.node, (ast.BinOp, ast.UnaryOp, ast.Call, ast.IfExp, ast.Name, ast.Constant, ast.Subscript))
