"""Names and formulas of a graph as a textbook has them: in LaTeX, with names or with numbers, and in plain Unicode."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from autograder.graph.engine import Node
from autograder.graph.operation import Operand
from autograder.graph.operations import OPERATIONS

HAT = "_hat"
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_TWICE_IN_BRACKETS = re.compile(r"\((\([^()]*\))\)")
_BRACKETS_IN_BRACES = re.compile(r"\{\((-[^()]*)\)\}")
_BRACKETS_FIRST = re.compile(r"^\((-[^()]*)\)(?!\^)")
_LOWERED = re.compile(r"\^\{\(?(-?[\d.]+)\)? - 1\}")  # the exponent of a power that was differentiated


def number(value: float) -> str:
    """A number in decimals with all its digits, without a decimal point where it is whole."""
    return repr(float(value)).removesuffix(".0")


def digits(value: float) -> str:
    """Six significant digits, in decimals: "0.161052", "1.2e-07"."""
    return f"{value + 0.0:.6g}"


def in_latex(value: float) -> str:
    """Six significant digits, in LaTeX."""
    return power_of_ten(digits(value)) if math.isfinite(value) else rf"\text{{{value}}}"


def symbol(name: str) -> str:
    r"""A name in LaTeX: y_hat is \hat{y}, m1 is m_1, w_out is w_{\mathit{out}}, loss is \mathit{loss}."""
    if name.endswith(HAT) and len(name) > len(HAT):
        return rf"\hat{{{symbol(name.removesuffix(HAT))}}}"
    base, _, index = name.partition("_")
    if base and not index:
        letters = base.rstrip("0123456789")
        base, index = letters, base[len(letters) :]
    if not base:  # a name that begins with _
        return rf"\mathit{{{name}}}".replace("_", r"\_")
    return _word(base) + (f"_{_index(index)}" if index else "")


def expression(node: Node, values: Mapping[str, float] | None = None) -> str:
    r"""What a node computes, in LaTeX: "\hat{y} - y".

    Args:
        node: a node of a lab's graph.
        values: numbers to write in place of the operands' names, to six digits; None: the names.
    """
    return filled(OPERATIONS[node.operation].latex, map(_operand(values), node.operands))


def filled(template: str, operands: Iterable[str]) -> str:
    """A template of the table of operations with operands in LaTeX, without brackets that are not needed."""
    return _tidy(_LOWERED.sub(lambda match: _raised(float(match[1]) - 1), template.format(*operands)))


def equation(node: Node) -> str:
    r"""A node with what it computes, in LaTeX: "s = \hat{y} - y"."""
    return f"{symbol(node.name)} = {expression(node)}"


def partial(node: Node, operand: str, values: Mapping[str, float] | None = None) -> str:
    """The local derivative d node / d operand, as `expression` writes things; a sum where the operand is used twice."""
    text = _operand(values)
    templates = OPERATIONS[node.operation].latex_partials
    used = [template for template, each in zip(templates, node.operands, strict=True) if each == operand]
    parts = [filled(template, [*map(text, node.operands), text(node.name)]) for template in used]
    return " + ".join(factor(part, first=part is parts[0]) for part in parts) if len(parts) > 1 else parts[0]


def derivative_sign(of: str, wrt: str) -> str:
    """The sign for d of / d wrt, in LaTeX."""
    return rf"\frac{{\partial {symbol(of)}}}{{\partial {symbol(wrt)}}}"


def factor(formula: str, *, first: bool) -> str:
    """A formula in LaTeX as a factor of a product: in brackets where it is a sum, or has a sign and does not come
    first."""
    depth, level = 0, []
    for character in formula:
        depth += (character in "({[") - (character in ")}]")
        level.append(character if depth == 0 else "_")
    outside = "".join(level)
    if " + " in outside or " - " in outside or (formula.startswith("-") and not first):
        return rf"\left({formula}\right)"
    return formula


def plain_symbol(name: str) -> str:
    """A name in Unicode: ŷ for y_hat, m₁ for m1."""
    letters = name.removesuffix(HAT)
    if letters != name and len(letters) == 1:
        return unicodedata.normalize("NFC", f"{letters}\N{COMBINING CIRCUMFLEX ACCENT}")
    base = name.rstrip("0123456789")
    index = name[len(base) :].translate(SUBSCRIPTS)
    return (base.removesuffix("_") or base) + index if index else base


def plain_expression(node: Node) -> str:
    """What a node computes, in Unicode: "x · w", "s²", "σ(m₂)"."""
    return OPERATIONS[node.operation].unicode(*map(_plain_operand, node.operands))


def _operand(values: Mapping[str, float] | None) -> Callable[[Operand], str]:
    """What writes an operand in LaTeX. A number is in brackets where it has a sign or a power of ten."""

    def text(operand: Operand) -> str:
        if isinstance(operand, str) and values is None:
            return symbol(operand)
        written = in_latex(values[operand]) if isinstance(operand, str) and values else _constant(operand)
        return bracketed(written)

    return text


def bracketed(number: str) -> str:
    """A number in LaTeX, in brackets where it has a sign or a power of ten."""
    return f"({number})" if number.startswith("-") or "10^" in number else number


def _plain_operand(operand: Operand) -> str:
    if isinstance(operand, str):
        return plain_symbol(operand)
    text = number(operand).replace("-", "−")
    return f"({text})" if operand < 0 else text


def _constant(value: Operand) -> str:
    """A number of the graph itself in LaTeX, with all its digits."""
    return power_of_ten(number(float(value)))


def power_of_ten(decimals: str) -> str:
    """A number in decimals as LaTeX: an exponent becomes a power of ten."""
    mantissa, _, exponent = decimals.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _tidy(latex: str) -> str:
    """Without brackets that are not needed."""
    latex = _BRACKETS_IN_BRACES.sub(r"{\1}", _TWICE_IN_BRACKETS.sub(r"\1", latex))
    return _BRACKETS_FIRST.sub(r"\1", latex)


def _raised(exponent: float) -> str:
    return "" if exponent == 1 else f"^{{{exponent:g}}}"


def _word(letters: str) -> str:
    return letters if len(letters) == 1 else rf"\mathit{{{letters}}}"


def _index(index: str) -> str:
    if len(index) == 1:
        return index
    return f"{{{index}}}" if index.isdigit() else rf"{{\mathit{{{index}}}}}".replace("_", r"\_")
