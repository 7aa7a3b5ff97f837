"""The ladder of comparison: what is right whatever its style, and what each way of being wrong is called."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.checks.compare import compare, compare_numbers, describe, number_of, numbers, rounding, same
from autograder.checks.comparison import Comparison
from autograder.rubric import Tolerance
from autograder.sandbox.host.protocol import Array, Nothing, Number, Record, Sequence, Strange, Text, Value

CODE = Tolerance(1e-3, 1e-6)
PAPER = Tolerance(0.02, 1e-9, 0.04)


@pytest.mark.parametrize(
    "value",
    [
        Number(8.0, "float"),
        Number(8, "int"),
        Number(8.004, "float32"),
        Number(8.0, "float16", (1, 1)),
        Sequence([Number(8.0, "float")]),
        Sequence([Sequence([Number(8.0, "int")])]),
    ],
)
def test_the_right_number_is_right_in_any_wrapping(value: Value) -> None:
    assert compare(value, 8.0, CODE).right


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, "missing", "is missing"),
        (Nothing(), "kind", "is None, not a number"),
        (Text("8.0"), "kind", "is a text, not a number"),
        (Strange("a generator"), "kind", "is a generator, not a number"),
        (Record({}), "kind", "collection"),
        (Array([8.0, 8.0], "float32", (2,)), "size", "a float32 array of shape (2,)"),
        (Sequence([Number(8.0, "int"), Number(8.0, "int")]), "size", "a list of 2 values"),
        (Number("nan", "float"), "not finite", "nan"),
        (Number("-inf", "float"), "not finite", "infinite"),
        (Number(7.98, "float16"), "precision", "half precision"),
        (Number(0.0, "float"), "zero", "is 0"),
        (Number(-8.0, "float"), "sign", "wrong sign"),
        (Number(16.0, "float"), "factor", "constant factor"),
        (Number(4.0, "float"), "factor", "constant factor"),
        (Number(7.98, "float64"), "near", "close"),
        (Number(8.1, "float"), "near", "close"),
        (Number(3.0, "float"), "value", "wrong"),
    ],
)
def test_every_way_to_be_wrong_has_its_name(value: Value | None, kind: str, text: str) -> None:
    found = compare(value, 8.0, CODE)
    assert not found.right
    assert found.kind == kind
    assert text in found.text


def test_a_weight_after_training_is_only_right_or_wrong() -> None:
    for number in (-8.0, 16.0, 4.0, 0.0, 8.1):
        assert compare(Number(number, "float"), 8.0, CODE, telling=False).text == "is wrong"


def test_a_gradient_of_none_is_zero() -> None:
    assert compare(Nothing(), 0.0, CODE, none_is_zero=True).right
    assert not compare(Nothing(), 8.0, CODE, none_is_zero=True).right


def test_a_paper_answer_may_be_rounded_but_not_too_much() -> None:
    assert compare_numbers(-0.3857, -0.385678, PAPER).kind == "right"
    assert compare_numbers(-0.385260, -0.385678, PAPER).kind == "right"  # the handout's formula to the letter
    assert compare_numbers(-0.40, -0.385678, PAPER).kind == "coarse"
    assert not compare_numbers(-0.41, -0.385678, PAPER).right
    assert not compare_numbers(0.3857, -0.385678, PAPER).right


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e6, 1e6).filter(bool))
def test_no_text_gives_the_expected_number_away(number: float, expected: float) -> None:
    text = compare_numbers(number, expected, CODE).text
    assert not any(character.isdigit() for character in text.replace("is 0", ""))


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_right_is_exactly_what_the_tolerance_says(number: float, expected: float) -> None:
    assert compare(Number(number, "float"), expected, CODE).right == (
        abs(number - expected) <= 1e-6 + 1e-3 * abs(expected)
    )


def test_nothing_is_right_where_the_right_number_is_infinite() -> None:
    assert not any(compare_numbers(number, math.inf, PAPER).right for number in (0.0, 1.0, -1e300))


def test_a_list_of_numbers_is_read_from_any_collection() -> None:
    assert numbers(Array([1.0, "inf"], "float32", (2, 1))) == [1.0, math.inf]
    assert numbers(Sequence([Number(1.0, "int"), Sequence([Number(2.0, "float")])])) == [1.0, 2.0]
    assert numbers(Number(3.0, "float")) == [3.0]
    assert numbers(Sequence([Text("a")])) == "holds a text, not only numbers"
    assert numbers(Text("a")) == "is a text, not a list of numbers"
    assert numbers(None) == "is missing"


def test_a_rounded_number_is_right_and_told_so() -> None:
    found = compare(Number(0.083, "float"), 0.08334, CODE)
    assert (found.kind, found.text) == ("coarse", "is right but rounded; give the computed value without rounding it")
    assert not compare(Number(0.24, "float"), 0.240260746, CODE).right  # two decimals, or the handout's formula
    assert not compare(Number(0.001, "float"), 0.00062, CODE).right  # one digit says nothing
    assert not compare(Number(0.084, "float"), 0.08334, CODE).right


def test_none_where_there_is_a_gradient_is_called_none() -> None:
    assert compare(Nothing(), 8.0, CODE, none_is_zero=True).text == "is None: backward() never reached it"


@pytest.mark.parametrize(
    ("tolerance", "number", "kind"),
    [
        (CODE, 100.1, "right"),
        (CODE, 100.11, "near"),
        (CODE, 102.0, "near"),
        (CODE, 98.0, "near"),
        (CODE, 102.1, "value"),
        (CODE, 97.9, "value"),
        (CODE, -100.1, "sign"),
        (CODE, -100.2, "value"),
        (CODE, 200.9, "factor"),
        (CODE, 201.1, "value"),
        (CODE, 50.24, "factor"),
        (CODE, 50.3, "value"),
        (CODE, 0.0, "zero"),
        (CODE, 1e-9, "value"),
        (PAPER, 102.0, "right"),
        (PAPER, 104.0, "coarse"),
        (PAPER, 104.1, "near"),
        (PAPER, 108.0, "near"),  # twice what still earns credit
        (PAPER, 92.0, "near"),
        (PAPER, 108.1, "value"),
    ],
)
def test_each_rung_ends_at_its_limit(tolerance: Tolerance, number: float, kind: str) -> None:
    found = compare_numbers(number, 100.0, tolerance)
    assert (found.kind, found.value) == (kind, number)


@pytest.mark.parametrize(("number", "kind"), [(98.0, "near"), (97.9, "value"), (-100.0, "value"), (200.0, "value")])
def test_where_nothing_is_guessed_near_is_still_near(number: float, kind: str) -> None:
    assert compare_numbers(number, 100.0, CODE, telling=False) == Comparison(kind, "is wrong", number)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expected", "trivial"), [(0.0, True), (1e-6, True), (-1e-6, True), (1.1e-6, False), (-2.0, False)]
)
def test_a_right_zero_proves_little(expected: float, trivial: bool) -> None:
    found = compare_numbers(expected, expected, CODE)
    assert found == Comparison("right", "", expected, trivial)
    assert compare_numbers(0.083, 0.08334, CODE).trivial is False


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "near"),
    [
        ("right", True, False, False),
        ("coarse", True, False, False),
        ("follows", False, False, False),
        ("near", False, True, True),
        ("precision", False, True, True),
        ("value", False, True, False),
        ("missing", False, True, False),
    ],
)
def test_what_a_rung_counts_as(kind: str, right: bool, wrong: bool, near: bool) -> None:
    found = Comparison(kind)  # type: ignore[arg-type]
    assert (found.right, found.wrong, found.near) == (right, wrong, near)
    assert found == Comparison(kind, "", None, False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "expected", "dtype", "kind"),
    [
        (98.01, 100.0, "float16", "precision"),
        (97.9, 100.0, "float16", "value"),
        (97.9, 100.0, "float64", "value"),
        (97.99, 100.0, "bfloat16", "precision"),
        (95.1, 100.0, "bfloat16", "precision"),
        (94.9, 100.0, "bfloat16", "value"),
        (102.1, 100.0, "float16", "value"),
        (0.0009, 0.0, "float16", "precision"),
        (0.0011, 0.0, "float16", "value"),
        (100.05, 100.0, "float16", "right"),
    ],
)
def test_half_precision_excuses_no_more_than_its_rounding(
    number: float, expected: float, dtype: str, kind: str
) -> None:
    found = compare(Number(number, dtype), expected, CODE)
    assert (found.kind, found.value) == (kind, number)
    assert ("half precision" in found.text) == (kind == "precision")


def test_none_is_a_gradient_of_zero_up_to_the_tolerance() -> None:
    assert compare(Nothing(), 1e-6, CODE, none_is_zero=True) == Comparison("right", "", 0.0, trivial=True)
    assert compare(Nothing(), -1e-6, CODE, none_is_zero=True).right
    assert compare(Nothing(), 1.1e-6, CODE, none_is_zero=True) == Comparison(
        "none", "is None: backward() never reached it"
    )
    assert compare(Nothing(), 0.0, CODE).kind == "kind"
    assert compare(Number(8.0, "float"), 8.0, CODE, none_is_zero=True).right


@pytest.mark.parametrize(
    ("number", "text"),
    [("nan", "is not a number (nan)"), ("inf", "is infinite"), ("-inf", "is infinite"), (math.inf, "is infinite")],
)
def test_nan_and_infinity_are_told_apart(number: float | str, text: str) -> None:
    assert compare(Number(number, "float"), 8.0, CODE).text == text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Nothing(), "None"),
        (Text("secret"), "a text"),
        (Number(3.5, "float"), "a single number"),
        (Array([1.0, 2.0], "float", (2,)), "a list of shape (2,)"),
        (Array([1.0, 2.0], "int64", (2, 1)), "a int64 array of shape (2, 1)"),
        (Sequence([Nothing()]), "a list of 1 value"),
        (Record({"a": Nothing(), "b": Nothing()}), "a collection of 2 named values"),
        (Strange("a method"), "a method"),
    ],
)
def test_a_value_is_described_without_its_content(value: Value, words: str) -> None:
    assert describe(value) == words


def test_the_number_in_a_value() -> None:
    assert number_of(Sequence([Sequence([Number(2.0, "int")])])) == 2.0
    assert number_of(Nothing()) == 0.0
    assert number_of(None) is None
    assert number_of(Text("2")) is None
    assert number_of(Sequence([Number(1.0, "int"), Number(2.0, "int")])) is None
    assert numbers(Nothing()) == "is None, not a list of numbers"


@pytest.mark.parametrize(
    ("values", "moved"),
    [
        ([0.12], 0.0),
        ([0.123], 0.51e-3),
        ([0.5, 0.125], 0.51e-3),
        ([0.123456], 0.51e-6),
        ([0.1234567], 0.0),
        ([0.1234, 1 / 3], 0.0),
    ],
)
def test_rounding_shows_in_three_to_six_decimals(values: list[float], moved: float) -> None:
    assert rounding(values) == pytest.approx(moved, abs=1e-12)


@pytest.mark.parametrize(
    ("number", "expected", "kind"),
    [
        (0.052, 0.0524, "coarse"),
        (-0.052, -0.0524, "coarse"),
        (0.049, 0.0494, "near"),  # here the last decimal is more than a hundredth of the number
        (0.052, 0.0526, "near"),
    ],
)
def test_too_few_digits_are_not_taken_for_rounding(number: float, expected: float, kind: str) -> None:
    assert compare_numbers(number, expected, CODE).kind == kind


@pytest.mark.parametrize(
    ("values", "agree"),
    [([1.0, 2.0, 3.0], 3), ([1.0, 2.5, 3.0], 1), ([1.5, 2.0, 3.0], 0), ([1.0], 1), ([1.0, 2.0, 3.0, 9.0], 3), ([], 0)],
)
def test_how_many_leading_values_agree(values: list[float], agree: int) -> None:
    assert same(values, [1.0, 2.0, 3.0], 1e-3, 1e-6) == agree
    assert same([1.011], [1.0], 1e-2, 1e-3) == 1
    assert same([1.012], [1.0], 1e-2, 1e-3) == 0
