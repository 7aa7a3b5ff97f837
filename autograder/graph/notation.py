"""Names and formulas of a graph in LaTeX's mathematical notation."""

import re
from collections.abc import Callable

from autograder.graph import OPERATIONS, Node

Operand = str | float

HAT = "_hat"
_TWICE_IN_BRACKETS = re.compile(r"\((\([^()]*\))\)")
_BRACKETS_IN_BRACES = re.compile(r"\{\((-[^()]*)\)\}")
_BRACKETS_FIRST = re.compile(r"^\((-[^()]*)\)(?!\^)")


def symbol(name: str) -> str:
    r"""A name: y_hat is \hat{y}, m1 is m_1, w_out is w_{\mathit{out}}, loss is \mathit{loss}."""
    if name.endswith(HAT) and len(name) > len(HAT):
        return rf"\hat{{{symbol(name.removesuffix(HAT))}}}"
    base, _, index = name.partition("_")
    if base and not index:
        letters = base.rstrip("0123456789")
        base, index = letters, base[len(letters) :]
    if not base:  # a name that begins with _
        return rf"\mathit{{{name}}}".replace("_", r"\_")
    return _word(base) + (f"_{_index(index)}" if index else "")


def number(value: float) -> str:
    """A number, without a decimal point where it is whole."""
    return repr(float(value)).removesuffix(".0")


def operand(each: Operand) -> str:
    """A name, or a number, in brackets where it is negative."""
    if isinstance(each, str):
        return symbol(each)
    return number(each) if each >= 0 else f"({number(each)})"


def expression(node: Node, write: Callable[[Operand], str] = operand) -> str:
    r"""What a node computes, for instance "\hat{y} - y". write: how its operands are written."""
    return tidy(OPERATIONS[node.operation].latex.format(*map(write, node.operands)))


def tidy(latex: str) -> str:
    """Without brackets that are not needed."""
    latex = _BRACKETS_IN_BRACES.sub(r"{\1}", _TWICE_IN_BRACKETS.sub(r"\1", latex))
    return _BRACKETS_FIRST.sub(r"\1", latex)


def equation(node: Node) -> str:
    r"""A node with what it computes, for instance "s = \hat{y} - y"."""
    return f"{symbol(node.name)} = {expression(node)}"


def _word(letters: str) -> str:
    return letters if len(letters) == 1 else rf"\mathit{{{letters}}}"


def _index(index: str) -> str:
    if len(index) == 1:
        return index
    return f"{{{index}}}" if index.isdigit() else rf"{{\mathit{{{index}}}}}".replace("_", r"\_")
