"""The ladder of comparison: what is right whatever its style, and what each way of being wrong is called."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.checks.compare import compare, compare_numbers, numbers
from autograder.lab import Tolerance
from autograder.sandbox.protocol import Array, Nothing, Number, Record, Sequence, Strange, Text, Value

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
    assert (found.kind, found.text) == ("coarse", "is right but rounded; return it as it is computed")
    assert not compare(Number(0.24, "float"), 0.240260746, CODE).right  # two decimals, or the handout's formula
    assert not compare(Number(0.001, "float"), 0.00062, CODE).right  # one digit says nothing
    assert not compare(Number(0.084, "float"), 0.08334, CODE).right


def test_none_where_there_is_a_gradient_is_called_none() -> None:
    assert compare(Nothing(), 8.0, CODE, none_is_zero=True).text == "is None: backward() never reached it"
