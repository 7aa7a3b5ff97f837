"""What students write as a value is read as they mean it, or refused with a sentence, at once."""

import contextlib
import math
import time

import pytest
from conftest import moments
from hypothesis import given
from hypothesis import strategies as st

from autograder.submission import ArithmeticProblem, evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8),
        (" 8. ", 8),
        (".5", 0.5),
        ("1e-3", 1e-3),
        ("-0", 0),
        ("2*(2-1)*4", 8),
        ("1/2", 0.5),
        ("2^3", 8),
        ("2**3**2", 512),
        ("-2^2", -4),
        ("2**-1", 0.5),
        ("2*-3", -6),
        ("2--3", 5),
        ("0,16", 0.16),
        (",5", 0.5),
        ("38%", 0.38),
        ("\u22120.3857", -0.3857),
        ("\u20130.3857", -0.3857),
        ("2 \u00d7 4", 8),
        ("2\u00b74", 8),
        ("8 \u00f7 2", 4),
        ("3\u00b2", 9),
        ("\u221a(4)", 2),
        ("\u03c3(0.4)", 0.598687660112452),
        ("1/(1+exp(-0.4))", 0.598687660112452),
        ("1/(1+e^-0.4)", 0.598687660112452),
        ("Sigmoid(-0.4)", 0.401312339887548),
        ("relu(-2)", 0),
        ("exp(-1000)", 0),
        ("2(3)", 6),
        ("(1/2)(3)", 1.5),
        ("2 exp(0)", 2),
        ("2pi", 2 * math.pi),
        ("= 8", 8),
        ("\u2248 0.38", 0.38),
        ("y_hat = 2", 2),
        ("2*4=8", 8),
        ("1/3 \u2248 0.333", 0.333),
        ("dloss/dw = 2*s*x = 2*1*4 = 8", 8),
        ("max(0, 2)", 2),
        ("max(0,2)", 2),
        ("max(0,5; 0,7) + min(1; -1)", -0.3),
        ("ReLU(max(1, pow(2, 3), -2))", 8),
        ("round(0.59868, 4)", 0.5987),
        ("tanh(0.6)", math.tanh(0.6)),
        ("ln(e^2) + log(e) + abs(-2) + cos(0)", 6),
        ("3\u207b\u00b9", 1 / 3),
        ("2\u00b9\u2070", 1024),
        ("\u2202loss/\u2202w = 8", 8),
        ("(" * 49 + "1" + ")" * 49, 1),
    ],
)
def test_what_students_write_is_read_as_they_mean_it(text: str, value: float) -> None:
    assert evaluate(text) == pytest.approx(value, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no number"),
        ("=", "no number"),
        ("2=", "no number"),
        ("2==", "no number"),
        ("abc", "'abc' was not understood"),
        ("nan", "'nan' was not understood"),
        ("inf", "'inf' was not understood"),
        ("1j", "'j' was not understood"),
        ("2 m", "'m' was not understood"),
        ("$2", "not understood"),
        ("__import__('os')", "not understood"),
        ("8.0.", "too many points"),
        ("1,000.5", "comma"),
        ("1,000,000", "comma"),
        ("8,", "comma"),
        (" . ", "not part of a number"),
        ("2*", "ends too early"),
        ("1 2", "'2' was not expected"),
        ("2)", "')' was not expected"),
        ("()", "')' was not expected"),
        ("(2 3)", "'3' was not expected"),
        ("(2", "closing bracket"),
        ("exp 2", "needs brackets"),
        ("1/2(3)", "two ways"),
        ("2^3(4)", "two ways"),
        ("e(2)", "two ways"),
        ("10%(3)", "two ways"),
        ("10 % 3", "not expected"),
        ("2*4=9", "'2*4' is 8 and '9' is 9"),
        ("1 = = 1", "nothing before it"),
        ("1/0", "divides by zero"),
        ("0**-1", "divides by zero"),
        ("(-8)^(1/3)", "not a real number"),
        ("sqrt(-1)", "not a real number"),
        ("log(-1)", "not a real number"),
        ("max()", "not expected"),
        ("pow(1, 2, 3)", "too many, too few or unsuitable arguments"),
        ("max(1; 2", "ends too early"),
        ("1; 2", "not expected"),
        ("exp(1; 2)", "not expected"),
        ("9**9**9", "too large to be a value of this lab"),
        ("10**-400**2", "too large to be a value of this lab"),
        ("1e999", "too large to be a value of this lab"),
        ("10**300", "too large to be a value of this lab"),
        ("(1e15)**300", "too large to be a value of this lab"),
        ("exp(1000)", "too large to be a value of this lab"),
        ("1" * 201, "longer than 200"),
        ("-" * 60 + "1", "too many brackets or signs"),
        ("(" * 60 + "1" + ")" * 60, "too many brackets or signs"),
        ("1**" * 60 + "1", "too many brackets or signs"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ArithmeticProblem) as caught:
        evaluate(text)
    assert says in str(caught.value)
    assert str(caught.value).endswith(".")


_WORDS = st.sampled_from([*"0123456789.,+-*/^()%= ", "**", "exp", "sqrt", "e", "pi", "abc", "\u2212", "9e9", "\u00b2"])


@pytest.mark.no_cover  # tracing is not what is timed
@given(st.one_of(st.text(max_size=300), st.lists(_WORDS, max_size=120).map("".join)))
def test_any_text_is_a_finite_number_or_a_problem_and_takes_no_time(text: str) -> None:
    start = time.process_time()
    with contextlib.suppress(ArithmeticProblem):
        assert math.isfinite(evaluate(text))
    assert time.process_time() - start < moments(13)


@given(st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6))
def test_every_printed_number_is_read_back(value: float) -> None:
    assert evaluate(repr(value)) == value
    assert evaluate(repr(value).replace(".", ",")) == value


@given(st.integers(-50, 50), st.integers(1, 50), st.integers(-50, 50))
def test_arithmetic_agrees_with_python(a: int, b: int, c: int) -> None:
    assert evaluate(f"{a}-{c}*({a}+{b})/{b}") == pytest.approx(a - c * (a + b) / b)


@pytest.mark.parametrize(
    ("inside", "value", "beyond"),
    [
        ("1" + " " * 199, 1, "1" + " " * 200),
        ("(" * 49 + "1" + ")" * 49, 1, "(" * 50 + "1" + ")" * 50),
        ("-" * 49 + "1", -1, "-" * 50 + "1"),
        ("1^300", 1, "1^300.1"),
        ("1^-300", 1, "1^-300.1"),
        ("1e15", 1e15, "1.01e15"),
        ("-1e15", -1e15, "-1.01e15"),
        ("1e15/1", 1e15, "1e15/0.5"),
        ("9e14+1e14", 1e15, "9e14+2e14"),
        ("-9e14-1e14", -1e15, "-9e14-2e14"),
        ("1e7*1e8", 1e15, "1e8*1e8"),
        ("10^15", 1e15, "10^16"),
        ("1e7(1e8)", 1e15, "1e8(1e8)"),
        ("exp(34)", math.exp(34), "exp(35)"),
        ("1.009 = 1", 1, "1.02 = 1"),
        ("0.991 = 1", 1, "0.98 = 1"),
        ("0.0000000009 = 0", 0, "0.0000000015 = 0"),
        ("y = 2 = 2", 2, "3 = 2 = 2"),
        ("sqrt(0)", 0, "sqrt(-0.1)"),
        ("0^0", 1, "0^-0.1"),
        ("0/0.1", 0, "0.1/0"),
        ("(-2)^2", 4, "(-2)^0.5"),
        ("2(3)(4)", 24, "2(3)%(4)"),
        ("(2^3)(4)", 32, "2^3(4)"),
        ("1/2+2(3)", 6.5, "1/2 pi"),
        ("2*3(4)", 24, "pi(4)"),
        ("50%%", 0.005, "%50"),
        ("+-+2", -2, "+-+"),
        ("2^-+2", 0.25, "2^*2"),
        ("2-3-4", -5, "2-3-"),
        ("8/4/2", 1, "8/4/"),
        ("relu(0.5)+relu(-0.5)", 0.5, "relu()"),
        ("sigmoid(0)", 0.5, "sigmoid"),
        ("sigmoid(-800)+sigmoid(800)", 1, "sigmoid(-800"),
        ("E^0 + PI - pi", 1, "EE"),
    ],
)
def test_limits_and_readings_hold_exactly(inside: str, value: float, beyond: str) -> None:
    assert evaluate(inside) == pytest.approx(value, rel=1e-9)
    with pytest.raises(ArithmeticProblem):
        evaluate(beyond)


def test_minus_zero_is_zero() -> None:
    assert math.copysign(1, evaluate("-0")) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1.5 = 1", "'1.5' is 1.5 and '1' is 1; write the result only."),
        ("2(3) pi = ", "There is no number to read; write the result."),
        ("2^3(4)", "'3 (' can be read in two ways; write the * or add brackets."),
        ("3 4", "'4' was not expected here; an operator such as * may be missing."),
        ("x" * 40, f"'{'x' * 29}…' was not understood; write a number or arithmetic."),
        ("8..", "'8..' has too many points; write a number such as 8.0."),
        ("1,2,3", "The comma in '1,2,3' is unclear; write one point, as in 0.16."),
        ("1 + ,", "The ',' is not part of a number; remove it."),
        ("ERF(2)", "'ERF' was not understood; write a number or arithmetic."),
        ("(2 3", "'3' was not expected here; an operator such as * may be missing."),
        ("SQRT 2", "'sqrt' needs brackets after it, as in sqrt(0.4)."),
    ],
)
def test_a_refusal_quotes_what_was_written(text: str, sentence: str) -> None:
    with pytest.raises(ArithmeticProblem) as caught:
        evaluate(text)
    assert str(caught.value) == sentence
