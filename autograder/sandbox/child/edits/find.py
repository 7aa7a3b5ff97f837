"""All edits of a statement of a program."""

import ast
from collections.abc import Iterator, Sequence

from autograder.sandbox.child.edits import of_expressions, of_statements
from autograder.sandbox.child.edits.edit import Edit


def edits(tree: ast.stmt, fields: Sequence[str], functions: Sequence[str]) -> Iterator[Edit]:
    """All edits. fields: the names of what the function is to return. functions: those that the right one applies."""
    yield from of_statements.edits(tree)
    yield from of_expressions.edits(tree, fields, functions)
