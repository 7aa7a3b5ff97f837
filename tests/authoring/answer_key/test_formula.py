"""Numbers and factors of a formula, in LaTeX."""

import math

import pytest

from autograder.authoring.answer_key import formula
from autograder.graph import Node, parse


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
    assert (formula.digits(number), formula.in_latex(number)) == (plain, latex)


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
    assert formula.factor(text, first=True) == first
    assert formula.factor(text, first=False) == later


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
    assert formula.partial(node, wrt) == names
    assert formula.partial(node, wrt, values).replace("(2 \\cdot 10^{-7})", "2 \\cdot 10^{-7}") == numbers


def test_a_number_with_a_power_of_ten_is_in_brackets_beside_others() -> None:
    node = Node("n", "*", ("w", "x"))
    assert formula.expression(node, {"w": 2e-7, "x": 3.0}) == r"(2 \cdot 10^{-7}) \cdot 3"
    assert formula.expression(node, {"w": 2.0, "x": -3.0}) == r"2 \cdot (-3)"
    assert formula.expression(node) == r"w \cdot x"
    assert formula.derivative("y_hat", "m2") == r"\frac{\partial \hat{y}}{\partial m_2}"
