"""Names, numbers and formulas are written in LaTeX and in Unicode as a textbook has them."""

import math

import pytest

from autograder.graph import Node, notation, parse


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
def test_number_keeps_all_digits(number: float, text: str) -> None:
    assert notation.number(number) == text


@pytest.mark.parametrize(
    ("number", "plain", "latex"),
    [
        (0.0, "0", "0"),
        (-0.0, "0", "0"),
        (0.1610515941, "0.161052", "0.161052"),
        (-2.0, "-2", "-2"),
        (1.25e-7, "1.25e-07", r"1.25 \cdot 10^{-7}"),
        (-3e12, "-3e+12", r"-3 \cdot 10^{12}"),
        (math.inf, "inf", r"\text{inf}"),
        (math.nan, "nan", r"\text{nan}"),
    ],
)
def test_a_number_has_six_digits(number: float, plain: str, latex: str) -> None:
    assert (notation.digits(number), notation.in_latex(number)) == (plain, latex)


@pytest.mark.parametrize(
    ("text", "first", "later"),
    [
        ("2", "2", "2"),
        ("-2", "-2", r"\left(-2\right)"),
        ("a + b", r"\left(a + b\right)", r"\left(a + b\right)"),
        ("a - b", r"\left(a - b\right)", r"\left(a - b\right)"),
        ("y(1 - y)", "y(1 - y)", "y(1 - y)"),
        ("e^{a + b}", "e^{a + b}", "e^{a + b}"),
        ("[a - b > 0]", "[a - b > 0]", "[a - b > 0]"),
        ("(a) - (b)", r"\left((a) - (b)\right)", r"\left((a) - (b)\right)"),
    ],
)
def test_a_factor_is_in_brackets_where_it_has_to_be(text: str, first: str, later: str) -> None:
    assert notation.factor(text, first=True) == first
    assert notation.factor(text, first=False) == later


@pytest.mark.parametrize(
    ("text", "wrt", "names", "numbers"),
    [
        ("x ** 2", "x", r"2 \cdot x", r"2 \cdot (-3)"),
        ("x ** 3", "x", r"3 \cdot x^{2}", r"3 \cdot (-3)^{2}"),
        ("x ** -1", "x", r"-1 \cdot x^{-2}", r"-1 \cdot (-3)^{-2}"),
        ("x ** 0.5", "x", r"0.5 \cdot x^{-0.5}", r"0.5 \cdot (-3)^{-0.5}"),
        ("x * x", "x", "x + x", r"-3 + \left(-3\right)"),
        ("x - w", "w", "-1", "-1"),
        ("w * x", "w", "x", "-3"),
        ("w / x", "x", r"-\frac{w}{x^{2}}", r"-\frac{2 \cdot 10^{-7}}{(-3)^{2}}"),
        ("w * 4", "w", "4", "4"),
    ],
)
def test_a_local_derivative_with_names_and_with_numbers(text: str, wrt: str, names: str, numbers: str) -> None:
    (node,) = parse({"n": text}, ("x", "w")).nodes
    values = {"x": -3.0, "w": 2e-7, "n": 5.0}
    assert notation.partial(node, wrt) == names
    assert notation.partial(node, wrt, values).replace("(2 \\cdot 10^{-7})", "2 \\cdot 10^{-7}") == numbers


def test_a_number_with_a_power_of_ten_is_in_brackets_beside_others() -> None:
    node = Node("n", "*", ("w", "x"))
    assert notation.expression(node, {"w": 2e-7, "x": 3.0}) == r"(2 \cdot 10^{-7}) \cdot 3"
    assert notation.expression(node, {"w": 2.0, "x": -3.0}) == r"2 \cdot (-3)"
    assert notation.expression(node) == r"w \cdot x"
    assert notation.derivative_sign("y_hat", "m2") == r"\frac{\partial \hat{y}}{\partial m_2}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a * b", "a · b"),
        ("a - b", "a − b"),
        ("a + 0.5", "a + 0.5"),
        ("a - -2", "a − (−2)"),
        ("a ** 2", "a²"),
        ("a ** 0.5", "a ** 0.5"),
        ("sigmoid(m2)", "σ(m₂)"),
        ("relu(y_hat)", "ReLU(ŷ)"),
        ("log(w_1)", "ln(w₁)"),
        ("-a", "−a"),
    ],
)
def test_an_operation_in_unicode(text: str, shown: str) -> None:
    assert notation.plain_expression(parse({"n": text}).nodes[0]) == shown
