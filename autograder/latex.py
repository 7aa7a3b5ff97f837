"""Names and formulas of a graph in LaTeX's mathematical notation."""

from autograder.graph import OPERATIONS, Node

HAT = "_hat"


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


def expression(node: Node) -> str:
    r"""What a node computes, for instance "\hat{y} - y"."""
    operands = [_operand(each) for each in node.operands]
    return OPERATIONS[node.operation].latex.format(*operands)


def equation(node: Node) -> str:
    r"""A node with what it computes, for instance "s = \hat{y} - y"."""
    return f"{symbol(node.name)} = {expression(node)}"


def _operand(operand: str | float) -> str:
    if isinstance(operand, str):
        return symbol(operand)
    return number(operand) if operand >= 0 else f"({number(operand)})"


def _word(letters: str) -> str:
    return letters if len(letters) == 1 else rf"\mathit{{{letters}}}"


def _index(index: str) -> str:
    if len(index) == 1:
        return index
    return f"{{{index}}}" if index.isdigit() else rf"{{\mathit{{{index}}}}}".replace("_", r"\_")
