"""Names and formulas are written in LaTeX as a textbook has them."""

import pytest

from autograder.graph import notation, parse


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("w", "w"),
        ("y_hat", r"\hat{y}"),
        ("m1", "m_1"),
        ("w12", "w_{12}"),
        ("w_2", "w_2"),
        ("w_out", r"w_{\mathit{out}}"),
        ("loss", r"\mathit{loss}"),
        ("log_p", r"\mathit{log}_p"),
        ("loss_hat", r"\hat{\mathit{loss}}"),
        ("_hat", r"\mathit{\_hat}"),
        ("x_1a", r"x_{\mathit{1a}}"),
        ("w_10", "w_{10}"),
        ("a_b_c", r"a_{\mathit{b\_c}}"),
    ],
)
def test_a_name(name: str, symbol: str) -> None:
    assert notation.symbol(name) == symbol


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("x * w1", r"x \cdot w_1"),
        ("y_hat - y", r"\hat{y} - y"),
        ("s ** 2", "s^{2}"),
        ("x ** -1", "x^{-1}"),
        ("-0.5 * x", r"-0.5 \cdot x"),
        ("log(-0.5)", r"\ln(-0.5)"),
        ("x / 4", r"\frac{x}{4}"),
        ("1 - x", "1 - x"),
        ("x - -0.5", "x - (-0.5)"),
        ("x + 0", "x + 0"),
        ("-x", "-x"),
        ("log(q)", r"\ln(q)"),
        ("relu(m1)", r"\mathrm{ReLU}(m_1)"),
    ],
)
def test_a_node(text: str, formula: str) -> None:
    (node,) = parse({"n": text}).nodes
    assert notation.expression(node) == formula
    assert notation.equation(node) == f"n = {formula}"


@pytest.mark.parametrize(("number", "text"), [(4.0, "4"), (-0.5, "-0.5"), (1234567.0, "1234567"), (0.01, "0.01")])
def test_a_number_has_no_point_where_it_is_whole_and_no_digit_is_lost(number: float, text: str) -> None:
    assert notation.number(number) == text
