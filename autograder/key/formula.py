"""Formulas in LaTeX: an operation or its derivative with names, or with numbers put in their place."""

import math
import re
from collections.abc import Callable, Mapping

from autograder.graph import OPERATIONS, Node
from autograder.latex import symbol

Operand = str | float

_LOWERED = re.compile(r"\^\{\(?(-?[\d.]+)\)? - 1\}")  # the exponent of a power that was differentiated
_TWICE_IN_BRACKETS = re.compile(r"\((\([^()]*\))\)")
_BRACKETS_IN_BRACES = re.compile(r"\{\((-[^()]*)\)\}")
_BRACKETS_FIRST = re.compile(r"^\((-[^()]*)\)(?!\^)")


def digits(value: float) -> str:
    """Six significant digits, in decimals: "0.161052", "1.2e-07"."""
    return f"{value + 0.0:.6g}"


def in_latex(value: float) -> str:
    """Six significant digits, in LaTeX."""
    if not math.isfinite(value):
        return rf"\text{{{value}}}"
    mantissa, _, exponent = digits(value).partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def expression(node: Node, values: Mapping[str, float] | None = None) -> str:
    """What a node computes; with the numbers in `values` for its operands' names, if there are any."""
    return _tidy(OPERATIONS[node.operation].latex.format(*map(_operand(values), node.operands)))


def partial(node: Node, operand: str, values: Mapping[str, float] | None = None) -> str:
    """The local derivative d node / d operand, as `expression` writes things; a sum where the operand is used twice."""
    text = _operand(values)
    templates = OPERATIONS[node.operation].latex_partials
    used = [template for template, each in zip(templates, node.operands, strict=True) if each == operand]
    parts = [_tidy(template.format(*map(text, node.operands), text(node.name))) for template in used]
    return " + ".join(factor(part, first=part is parts[0]) for part in parts) if len(parts) > 1 else parts[0]


def derivative(of: str, wrt: str) -> str:
    """The sign for d of / d wrt."""
    return rf"\frac{{\partial {symbol(of)}}}{{\partial {symbol(wrt)}}}"


def factor(latex: str, *, first: bool) -> str:
    """`latex` as a factor of a product: in brackets where it is a sum, or has a sign and does not come first."""
    depth, level = 0, []
    for character in latex:
        depth += (character in "({[") - (character in ")}]")
        level.append(character if depth == 0 else "_")
    outside = "".join(level)
    if " + " in outside or " - " in outside or (latex.startswith("-") and not first):
        return rf"\left({latex}\right)"
    return latex


def _operand(values: Mapping[str, float] | None) -> Callable[[Operand], str]:
    def text(operand: Operand) -> str:
        if isinstance(operand, str) and values is None:
            return symbol(operand)
        number = in_latex(values[operand] if isinstance(operand, str) and values else float(operand))
        return f"({number})" if number.startswith("-") or "10^" in number else number

    return text


def _tidy(latex: str) -> str:
    """Without brackets that are not needed, and with the exponent c - 1 worked out."""
    latex = _LOWERED.sub(lambda match: _raised(float(match[1]) - 1), latex)
    latex = _BRACKETS_IN_BRACES.sub(r"{\1}", _TWICE_IN_BRACKETS.sub(r"\1", latex))
    return _BRACKETS_FIRST.sub(r"\1", latex)


def _raised(exponent: float) -> str:
    return "" if exponent == 1 else f"^{{{exponent:g}}}"
