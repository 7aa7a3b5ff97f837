"""Edits of whole statements: left out, put in, moved, or in another branch."""

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from autograder.sandbox.child.edits.edit import LIKELY, POSSIBLE, Edit, is_idle

Block = list[ast.stmt]
MOST_MOVED = 25  # statements of a block, to move each to every other place
LONGEST_RUN = 6  # statements that are moved together
LOOPS = (ast.For, ast.While)
PASSED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def edits(tree: ast.stmt) -> Iterator[Edit]:
    """The edits of all statements below a node."""
    cleared = [*_cleared(tree)]
    if isinstance(tree, PASSED) and not any(isinstance(each, LOOPS) for each in ast.walk(tree)):
        yield from _put_in(tree, cleared)
    for owner, field, block in _blocks(tree):
        yield from _two_left_out(owner, field, block)
        for place, statement in enumerate(block):
            if is_idle(statement):
                continue
            rest = [*block[:place], *block[place + 1 :]]
            if not isinstance(statement, (*PASSED, ast.Return)):
                rank = POSSIBLE if isinstance(statement, ast.Assign) else LIKELY
                yield _edit("unneeded", rank, statement, owner, field, rest)
            yield from _moved(owner, field, block, place)
            if isinstance(statement, ast.If):
                for branch in (statement.body, statement.orelse):
                    yield _edit(
                        "condition", LIKELY, statement, owner, field, [*block[:place], *branch, *block[place + 1 :]]
                    )
                yield from _after_the_condition(owner, field, block, place, statement)
            if isinstance(statement, LOOPS):
                yield from _in_and_out(owner, field, block, place, statement)
                yield from _put_in(statement, cleared)
            yield from _assigned_otherwise(owner, field, block, place)
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Attribute):
                called = ast.copy_location(ast.Call(statement.value, [], []), statement)
                yield Edit("call", LIKELY, statement.lineno, ((statement, "value", called),))


def _blocks(tree: ast.AST) -> Iterator[tuple[ast.AST, str, Block]]:
    """Every list of statements below a node, with the node and the field that hold it."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield node, field, block


def _edit(kind: str, rank: int, where: ast.stmt, owner: ast.AST, field: str, block: Sequence[ast.stmt]) -> Edit:
    content = [*block] or [ast.copy_location(ast.Pass(), where)]
    return Edit(kind, rank, where.lineno, ((owner, field, content),))


def _moved(owner: ast.AST, field: str, block: Block, place: int) -> Iterator[Edit]:
    """A statement at another place of its block."""
    rest = [*block[:place], *block[place + 1 :]]
    for other in range(len(block)) if len(block) <= MOST_MOVED else ():
        if other not in (place, place - 1) and not isinstance(block[place], PASSED):  # a step up is another's step down
            new = [*rest[:other], block[place], *rest[other:]]
            yield _edit("order", POSSIBLE, block[place], owner, field, new)


def _put_in(
    owner: ast.For | ast.While | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, texts: Sequence[str]
) -> Iterator[Edit]:
    """Statements at the begin and at the end of a loop, or of a function without one, before it returns."""
    body = owner.body
    end = len(body) - isinstance(body[-1], ast.Return)
    last = next((each for each in reversed(body[:end]) if not is_idle(each)), body[-1])
    for text in texts:
        new = _parsed(text, last)
        line = new.end_lineno or new.lineno
        yield Edit("missing", LIKELY, line, ((owner, "body", [*body[:end], new, *body[end:]]),))
        yield Edit("missing", LIKELY, line, ((owner, "body", [new, *body]),))


def _two_left_out(owner: ast.AST, field: str, block: Block) -> Iterator[Edit]:
    """Two statements in a row that do the same to different variables."""
    for place, (one, other) in enumerate(pairwise(block)):
        if isinstance(one, ast.Expr) and isinstance(other, ast.Expr) and not is_idle(one) and not is_idle(other):
            yield _edit("unneeded", POSSIBLE, one, owner, field, [*block[:place], *block[place + 2 :]])


def _after_the_condition(owner: ast.AST, field: str, block: Block, place: int, condition: ast.If) -> Iterator[Edit]:
    """The last statements that depend on a condition, after it."""
    for first in range(1, len(condition.body)) if not condition.orelse else ():
        kept, moved = condition.body[:first], condition.body[first:]
        new = [*block[: place + 1], *moved, *block[place + 1 :]]
        yield Edit("indent", LIKELY, moved[0].lineno, ((condition, "body", kept), (owner, field, new)))


def _in_and_out(owner: ast.AST, field: str, block: Block, place: int, loop: ast.For | ast.While) -> Iterator[Edit]:
    """Statements into the loop and out of it."""
    for index, statement in enumerate(loop.body):
        rest: Block = [*loop.body[:index], *loop.body[index + 1 :]] or [ast.copy_location(ast.Pass(), statement)]
        for outside in ([statement, loop], [loop, statement]):
            new = [*block[:place], *outside, *block[place + 1 :]]
            yield Edit("indent", LIKELY, statement.lineno, ((loop, "body", rest), (owner, field, new)))
    for index, statement in enumerate(block):
        if index == place or isinstance(statement, (*PASSED, ast.Return)) or is_idle(statement):
            continue
        rest = [*block[:index], *block[index + 1 :]]
        inside = [statement, *loop.body] if index < place else [*loop.body, statement]
        rank = LIKELY if isinstance(statement, ast.Expr) or _is_cleared(statement) else POSSIBLE
        yield Edit("indent", rank, statement.lineno, ((loop, "body", inside), (owner, field, rest)))
    for first in range(max(place - LONGEST_RUN, 0), place - 1):
        run = block[first:place]
        places = ((loop, "body", [*run, *loop.body]), (owner, field, [*block[:first], *block[place:]]))
        yield Edit("indent", POSSIBLE, run[0].lineno, places)


def _is_cleared(statement: ast.stmt) -> bool:
    """Whether a statement is of the form `w.grad = None`."""
    return (
        isinstance(statement, ast.Assign)
        and isinstance(target := statement.targets[0], ast.Attribute)
        and target.attr == "grad"
    )


def _cleared(tree: ast.stmt) -> Iterator[str]:
    """Statements that clear the gradients that a program uses."""
    for name in dict.fromkeys(_owners(tree, "grad")):
        yield f"{name}.grad = None"
    for name in dict.fromkeys(_owners(tree, "step")):
        yield f"{name}.zero_grad()"


def _owners(tree: ast.stmt, attribute: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == attribute
            and isinstance(node.value, ast.Name | ast.Attribute)
        ):
            yield ast.unparse(node.value)


def _parsed(text: str, where: ast.stmt) -> ast.stmt:
    """A statement, as if it stood where another one does."""
    (new,) = ast.parse(text).body
    for node in ast.walk(new):
        if hasattr(node, "lineno"):
            ast.copy_location(node, where)
    return new


def _assigned_otherwise(owner: ast.AST, field: str, block: Block, place: int) -> Iterator[Edit]:
    """`a -= b` in place of `a = b`, `a += b` and `a = a - b`, and the like."""
    statement = block[place]
    new: list[tuple[int, ast.stmt]] = []
    match statement:
        case ast.AugAssign(target=target, op=op, value=value):
            others = [other() for other in (ast.Sub, ast.Add, ast.Mult) if not isinstance(op, other)]
            new = [
                *((LIKELY, ast.AugAssign(target, other, value)) for other in others),
                (LIKELY, ast.Assign([target], value)),
            ]
        case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target], value=value):
            new = [(POSSIBLE, ast.AugAssign(target, op, value)) for op in (ast.Sub(), ast.Add())]
            if (
                isinstance(value, ast.BinOp)
                and isinstance(value.left, ast.Name)
                and isinstance(value.op, ast.Add | ast.Sub)
            ):
                own = ast.Name(value.left.id, ast.Store())  # w -= step for new = w - step
                new.append((LIKELY, ast.AugAssign(own, value.op, value.right)))
    for rank, each in new:
        ast.fix_missing_locations(ast.copy_location(each, statement))
        content = [*block[:place], each, *block[place + 1 :]]
        yield _edit("update", rank, statement, owner, field, content)
