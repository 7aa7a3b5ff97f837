"""Reads the expressions of a graph, such as "s ** 2": one operation each, of the table of operations."""

import ast
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType

from autograder.graph.engine import ALLOWED, Graph, Node, bad
from autograder.graph.operation import LabOperation, Operand
from autograder.graph.operations import OPERATIONS


def _form(tree: ast.expr) -> tuple[object, ...] | None:
    """How an expression is written, without its operands; None of what no operation looks like."""
    match tree:
        case ast.BinOp(op=sign) | ast.UnaryOp(op=sign):
            return (type(sign),)
        case ast.Attribute(attr=name):
            return (".", name)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            return (name, len(args), *((each.arg, ast.unparse(each.value)) for each in keywords))
    return None


def _of_form(operation: LabOperation) -> tuple[object, ...] | None:
    return _form(ast.parse(operation.source.format("a", "b"), mode="eval").body)


_FORMS = MappingProxyType({_of_form(operation): name for name, operation in OPERATIONS.items()})


def parse(nodes: Mapping[str, str], inputs: Iterable[str] | None = None) -> Graph:
    """The graph of expressions such as {"s": "y_hat - y", "loss": "s ** 2"}; nothing is ever evaluated.

    Inputs not given are the names that are used but not defined, in order of first use. Raises GraphError.
    """
    parsed = tuple(_parse_node(name, str(expression).strip()) for name, expression in nodes.items())
    used = (operand for node in parsed for operand in node.names if operand not in nodes)
    return Graph(tuple(dict.fromkeys(used) if inputs is None else inputs), parsed)


def _parse_node(name: str, text: str) -> Node:
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        raise bad(name, f"`{text}` cannot be read; write one operation, such as `x * w`.") from None
    operation = _FORMS.get(_form(tree))
    if operation is None:
        raise bad(name, f"`{text}` is none of the operations allowed: {ALLOWED}.")
    return Node(name, operation, tuple(_parse_operand(name, text, part) for part in _parts(tree)))


def _parts(tree: ast.expr) -> list[ast.expr]:
    """The operands of an expression that is an operation."""
    match tree:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.UnaryOp(operand=part) | ast.Attribute(value=part):
            return [part]
        case ast.Call(args=parts):
            return parts
    return []


def _parse_operand(name: str, text: str, part: ast.expr) -> Operand:
    if isinstance(part, ast.Name):
        return part.id
    with suppress(ValueError, TypeError):  # literal_eval reads numbers with their sign, runs nothing
        number = ast.literal_eval(part)
        if type(number) in (int, float) and abs(number) <= sys.float_info.max:
            return float(number)
    source = ast.get_source_segment(text, part) or ast.unparse(part)
    if isinstance(part, ast.BinOp | ast.UnaryOp | ast.Call | ast.Attribute):
        raise bad(
            name,
            f"`{text}` is more than one operation; split it into two nodes, first "
            f"`{name}_1 = {source}`, then `{name}` with `{name}_1` in its place.",
        )
    raise bad(name, f"the operand `{source}` is neither a name nor a finite number.")
