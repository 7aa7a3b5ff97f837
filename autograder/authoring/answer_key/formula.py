"""Formulas in LaTeX: an operation or its derivative, with names or with their numbers substituted."""

import math
import re
from collections.abc import Callable, Mapping

from autograder.graph import OPERATIONS, Node, notation
from autograder.graph.notation import Operand, symbol, tidy

_LOWERED = re.compile(r"\^\{\(?(-?[\d.]+)\)? - 1\}")  # the exponent of a differentiated power


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
    """What a node computes: a formula of its operands' names or, with `values`, of their numbers."""
    return notation.expression(node, _operand(values))


def partial(node: Node, operand: str, values: Mapping[str, float] | None = None) -> str:
    """The local derivative ∂node/∂operand, written as by `expression`; a sum if the node uses the operand twice."""
    text = _operand(values)
    templates = OPERATIONS[node.operation].latex_partials
    used = [template for template, each in zip(templates, node.operands, strict=True) if each == operand]
    written = [template.format(*map(text, node.operands), text(node.name)) for template in used]
    parts = [tidy(_LOWERED.sub(lambda match: _raised(float(match[1]) - 1), each)) for each in written]
    return " + ".join(factor(part, first=part is parts[0]) for part in parts) if len(parts) > 1 else parts[0]


def derivative(of: str, wrt: str) -> str:
    """The symbol ∂of/∂wrt."""
    return rf"\frac{{\partial {symbol(of)}}}{{\partial {symbol(wrt)}}}"


def factor(formula: str, *, first: bool) -> str:
    """`formula` as a factor of a product: in parentheses if it is a sum, or if it has a sign and is not first."""
    depth, level = 0, []
    for character in formula:
        depth += (character in "({[") - (character in ")}]")
        level.append(character if depth == 0 else "_")
    outside = "".join(level)
    if " + " in outside or " - " in outside or (formula.startswith("-") and not first):
        return rf"\left({formula}\right)"
    return formula


def _operand(values: Mapping[str, float] | None) -> Callable[[Operand], str]:
    def text(operand: Operand) -> str:
        if isinstance(operand, str) and values is None:
            return symbol(operand)
        number = in_latex(values[operand] if isinstance(operand, str) and values else float(operand))
        return f"({number})" if number.startswith("-") or "10^" in number else number

    return text


def _raised(exponent: float) -> str:
    return "" if exponent == 1 else f"^{{{exponent:g}}}"
