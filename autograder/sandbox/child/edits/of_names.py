"""Edits of names: another variable, a variable's gradient, two variables exchanged."""

import ast
import copy
from collections.abc import Iterator, Sequence
from itertools import combinations

from autograder.sandbox.child.edits.edit import LIKELY, POSSIBLE, Edit, Slot, exchanged, named, slots
from autograder.sandbox.child.edits.known import Known

ASKED = ("item", "tolist", "numpy", "detach", "clone")  # of a tensor, for its numbers
SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.Return)  # statements without others in them


def edits(tree: ast.stmt, known: Known) -> Iterator[Edit]:
    """The edits of all names below a node, of one alone or of several at once."""
    for slot in slots(tree):
        if not slot.is_form:
            yield from _other_name(slot, known)
    yield from _inputs_exchanged(tree, known.inputs)
    for statement in ast.walk(tree):
        if isinstance(statement, SIMPLE):
            yield from _names_of(statement, known)
        if isinstance(statement, ast.Return) and statement.value:
            yield from _gradients_returned(statement, statement.value, known)


def rank_of(name: str, known: Known) -> int:
    """How unlikely it is that a variable is missing somewhere: what nothing reads probably is."""
    return LIKELY if name in known.unused else POSSIBLE


def _other_name(slot: Slot, known: Known) -> Iterator[Edit]:
    """Another variable, or a variable's gradient."""
    match slot.node:
        case ast.Name(id=name):
            others = [other for other in known.names if other != name]
            yield from (slot.filled("name", rank_of(other, known), named(other)) for other in others)
            yield from (slot.filled("name", POSSIBLE, ast.Constant(number)) for number in (0, 1))
            if not isinstance(slot.owner, ast.Attribute) or slot.owner.attr in ASKED:
                for other in known.graded:
                    rank = LIKELY if other == name else POSSIBLE
                    yield slot.filled("gradient", rank, ast.Attribute(named(other), "grad", ast.Load()))
        case ast.Call(func=ast.Attribute(attr="item")):
            for other in known.graded:
                yield slot.filled("gradient", POSSIBLE, ast.Attribute(named(other), "grad", ast.Load()))
        case ast.Constant(value=int() | float()) | ast.Attribute() | ast.Subscript():
            yield from (slot.filled("name", rank_of(other, known), named(other)) for other in known.names)


def _inputs_exchanged(tree: ast.stmt, inputs: Sequence[str]) -> Iterator[Edit]:
    """Two parameters in each other's place, in the whole function."""
    read = [slot.node for slot in slots(tree) if isinstance(slot.node, ast.Name)]
    for one, other in combinations(inputs, 2):
        instead = {one: other, other: one}
        places = tuple((node, "id", instead[node.id]) for node in read if node.id in instead)
        if len(places) > 1:
            yield Edit("name", POSSIBLE, min(node.lineno for node in read if node.id in instead), places)


def _names_of(statement: ast.stmt, known: Known) -> Iterator[Edit]:
    """Another variable everywhere in a statement, two of them exchanged, or another one assigned to."""
    read = [slot.node for slot in slots(statement) if isinstance(slot.node, ast.Name) and slot.node.id in known.names]
    used = {node.id: [each for each in read if each.id == node.id] for node in read}
    for name, nodes in used.items():
        for other in known.names if len(nodes) > 1 else ():
            if other != name:
                yield Edit("name", LIKELY, statement.lineno, tuple((node, "id", other) for node in nodes))
    for one, other in combinations(used, 2):
        places = [*((node, "id", other) for node in used[one]), *((node, "id", one) for node in used[other])]
        yield Edit("order", LIKELY, statement.lineno, tuple(places))
    match statement:
        case ast.Assign(targets=[ast.Name() as target]):
            yield from (Edit("name", POSSIBLE, statement.lineno, ((target, "id", other),)) for other in known.names)
        case ast.Assign(targets=[ast.Tuple(elts=parts) as several]):
            yield from exchanged(several, "elts", parts)


def _gradients_returned(statement: ast.Return, value: ast.expr, known: Known) -> Iterator[Edit]:
    """All gradients in the place of the variables that have them."""
    changed = _WithGradients(known.graded).visit(copy.deepcopy(value))
    if ast.dump(changed) != ast.dump(value):
        new = ast.fix_missing_locations(changed)
        yield Edit("gradient", LIKELY, statement.lineno, ((statement, "value", new),))


class _WithGradients(ast.NodeTransformer):
    """Puts the gradient in the place of each variable that has one."""

    def __init__(self, graded: Sequence[str]) -> None:
        self.graded = graded

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Leave a gradient as it is."""
        return node if node.attr == "grad" else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The gradient of a variable."""
        return ast.copy_location(ast.Attribute(node, "grad", ast.Load()), node) if node.id in self.graded else node
