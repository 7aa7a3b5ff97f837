"""Edits of expressions: an operator, a number, a key, a condition, the order or the grouping of parts."""

import ast
import math
from collections.abc import Iterator
from itertools import combinations

from autograder.sandbox.child.edits.edit import (
    LIKELY,
    MOST_EXCHANGED,
    POSSIBLE,
    UNLIKELY,
    Edit,
    Slot,
    exchanged,
    named,
    placed,
    slots,
)
from autograder.sandbox.child.edits.known import Known
from autograder.sandbox.child.edits.of_names import rank_of

OPERATORS: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARED: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.GtE, ast.Gt, ast.LtE, ast.Eq, ast.NotEq)
FEW = 3  # variables, so that a factor that is missing is likely to be one of them


def edits(tree: ast.stmt, known: Known) -> Iterator[Edit]:
    """The edits of all expressions below a node, but for names and calls."""
    for slot in slots(tree):
        yield from _changed(slot, known)
        yield from _exchanged(slot)
        if not slot.is_form and not isinstance(slot.owner, ast.Attribute):
            yield from _wrapped(slot, known)


def _changed(slot: Slot, known: Known) -> Iterator[Edit]:
    """Other content of the same form."""
    match slot.node:
        case ast.Constant(value=bool()):
            yield slot.filled("number", LIKELY, ast.Constant(not slot.node.value))
        case ast.Constant(value=int() | float() as number):
            instead_of_e = [math.e] if 2 <= number <= 3 else []
            for instead in dict.fromkeys(
                (0, 1, 2, 0.5, 2 * number, number / 2, -number, number + 1, number - 1, *instead_of_e)
            ):
                if instead != number:
                    yield slot.filled("number", LIKELY, ast.Constant(instead))
        case ast.Constant(value=str() as text) if text in known.keys:
            yield from (slot.filled("name", LIKELY, ast.Constant(other)) for other in known.keys if other != text)
        case ast.BinOp():
            yield from _operated_otherwise(slot, slot.node)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield slot.filled("sign", LIKELY, operand)
        case ast.Compare(left=left, ops=[op], comparators=others):
            for compared in COMPARED:
                if not isinstance(op, compared):
                    yield slot.filled("condition", LIKELY, ast.Compare(left, [compared()], others))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (slot.filled("condition", LIKELY, part) for part in (body, orelse))
            for field in ("body", "orelse"):
                yield Edit(
                    "condition",
                    LIKELY,
                    slot.node.lineno,
                    ((slot.node, field, ast.copy_location(ast.Constant(0), slot.node)),),
                )
        case ast.Attribute(value=value, attr="grad" | "data"):
            yield slot.filled("gradient", LIKELY, value)
        case ast.Subscript(value=ast.Name() as whole):
            yield slot.filled("part", LIKELY, whole)


def _operated_otherwise(slot: Slot, node: ast.BinOp) -> Iterator[Edit]:
    """Another operator, here or in a whole chain; or only one of the operands."""
    for other in OPERATORS:
        if not isinstance(node.op, other):
            yield slot.filled("operator", LIKELY, ast.BinOp(node.left, other(), node.right))
            if _same_operator(node, node.left) and not _same_operator(node, slot.owner):
                yield slot.filled("operator", LIKELY, _with(node, type(node.op), other))
    yield from (slot.filled("part", LIKELY, side) for side in (node.left, node.right))
    yield from (slot.filled("grouping", LIKELY, other) for other in _grouped_otherwise(node))
    if isinstance(node.op, ast.Pow) and isinstance(node.left, ast.Constant):
        yield slot.filled("number", LIKELY, ast.BinOp(ast.Constant(math.e), node.op, node.right))


def _grouped_otherwise(node: ast.BinOp) -> Iterator[ast.BinOp]:
    """The same operations in another order: a * (b - c) for a * b - c, and (a - b) ** 2 for a - b ** 2."""
    match node:
        case ast.BinOp(
            left=ast.BinOp(left=a, op=ast.Pow(), right=ast.Constant(value=m) as power),
            op=op,
            right=ast.BinOp(left=b, op=ast.Pow(), right=ast.Constant(value=n)),
        ) if m == n:
            yield ast.BinOp(ast.BinOp(a, op, b), ast.Pow(), power)
    if isinstance(node.left, ast.BinOp):
        yield ast.BinOp(node.left.left, node.left.op, ast.BinOp(node.left.right, node.op, node.right))
    if isinstance(node.right, ast.BinOp):
        yield ast.BinOp(ast.BinOp(node.left, node.op, node.right.left), node.right.op, node.right.right)


def _same_operator(node: ast.BinOp, other: ast.AST) -> bool:
    return isinstance(other, ast.BinOp) and type(other.op) is type(node.op)


def _with(node: ast.expr, old: type[ast.operator], new: type[ast.operator]) -> ast.expr:
    """A chain of operations with another operator everywhere: a + b + c becomes a * b * c."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, old):
        return node
    return ast.copy_location(ast.BinOp(_with(node.left, old, new), new(), node.right), node)


def _exchanged(slot: Slot) -> Iterator[Edit]:
    """Two parts in each other's place."""
    match slot.node:
        case ast.BinOp(left=left, op=ast.Sub() | ast.Div() | ast.Pow() as op, right=right):
            yield slot.filled("order", LIKELY, ast.BinOp(right, op, left))
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Call(args=parts):
            yield from exchanged(slot.node, "args" if isinstance(slot.node, ast.Call) else "elts", parts)
        case ast.Dict(values=parts):
            yield from exchanged(slot.node, "values", parts)
    if isinstance(slot.node, ast.Call):
        named = [each for each in slot.node.keywords[:MOST_EXCHANGED] if not _is_of_name(each)]
        for one, other in combinations(slot.node.keywords[:MOST_EXCHANGED], 2):
            if one not in named and other not in named:  # x=x, y=y
                continue
            places = ((one, "value", other.value), (other, "value", one.value))
            yield Edit("order", LIKELY, one.value.lineno, places)


def _is_of_name(keyword: ast.keyword) -> bool:
    """Whether an argument is given under its own name, as in f(x=x)."""
    return isinstance(keyword.value, ast.Name) and keyword.value.id == keyword.arg


def _wrapped(slot: Slot, known: Known) -> Iterator[Edit]:
    """Something more: a sign, a factor, a square, a function. A factor of a product is the product's."""
    node, around = slot.node, slot.owner.op if isinstance(slot.owner, ast.BinOp) else None
    if not isinstance(node, (ast.BinOp, ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.UnaryOp, ast.IfExp)):
        return
    yield slot.filled("part", POSSIBLE, ast.BinOp(ast.Constant(1), ast.Sub(), node))
    if not isinstance(around, ast.Pow):
        yield slot.filled("part", POSSIBLE, ast.BinOp(node, ast.Pow(), ast.Constant(2)))
    yield from (slot.filled("function", POSSIBLE, placed(other, node)) for other in known.functions)
    if not isinstance(around, ast.Mult | ast.Div) and not isinstance(slot.owner, ast.UnaryOp):
        yield slot.filled("sign", POSSIBLE, ast.UnaryOp(ast.USub(), node))
        for factor in (2, 0.5):
            yield slot.filled("part", POSSIBLE, ast.BinOp(ast.Constant(factor), ast.Mult(), node))
        for name in known.names:
            rest = ast.BinOp(ast.Constant(1), ast.Sub(), named(name))
            for op, other in ((ast.Mult(), named(name)), (ast.Div(), named(name)), (ast.Mult(), rest)):
                few = len(known.names) <= FEW or (name in known.unused and isinstance(op, ast.Mult))
                yield slot.filled(
                    "part", min(rank_of(name, known), POSSIBLE) if few else UNLIKELY, ast.BinOp(node, op, other)
                )
    if not around:
        added = [(op, name) for name in known.names for op in (ast.Add(), ast.Sub())]
        yield from (slot.filled("part", UNLIKELY, ast.BinOp(node, op, named(name))) for op, name in added)
