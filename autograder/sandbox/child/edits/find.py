"""All edits of a statement of a program."""

import ast
from collections.abc import Iterator, Sequence

from autograder.sandbox.child.edits import of_calls, of_expressions, of_names, of_statements
from autograder.sandbox.child.edits.edit import Edit
from autograder.sandbox.child.edits.known import known_in


def edits(tree: ast.stmt, fields: Sequence[str], functions: Sequence[str]) -> Iterator[Edit]:
    """All edits. fields: the names of what the function is to return. functions: those that the right one applies."""
    known = known_in(tree, fields, functions)
    yield from of_statements.edits(tree)
    yield from of_expressions.edits(tree, known)
    yield from of_calls.edits(tree, known)
    yield from of_names.edits(tree, known)
