"""Comparing arrays: each wrong shape and each pattern of wrong elements has its sentence."""

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.checks import compare_arrays
from autograder.checks.compare import compare
from autograder.checks.comparison import Comparison
from autograder.rubric import Tolerance
from autograder.sandbox.host import protocol

TOLERANCE = Tolerance(rtol=1e-3, atol=1e-6)
VECTOR = np.array([1.5, -2.5, 0.75, 4.0])
MATRIX = np.array([[1.5, -2.5, 0.5], [0.75, 4.0, -1.25]])
SQUARE = np.array([[1.0, 2.0], [3.0, 5.0]])


def value(array: Any, dtype: str = "float32") -> protocol.Value:
    array = np.asarray(array, dtype=float)
    numbers = [each if math.isfinite(each) else str(each) for each in array.ravel().tolist()]
    return (
        protocol.Array(numbers, dtype, array.shape)
        if array.size > 1
        else protocol.Number(numbers[0], dtype, array.shape)
    )


def compared(array: Any, right: Any, **more: Any) -> Comparison:
    return compare(value(array), right, TOLERANCE, **more)


COLUMN, ROW = VECTOR[:, None], VECTOR[None, :]
SHAPES = [
    (COLUMN, VECTOR, "right", "an axis of size 1"),
    (ROW, VECTOR, "right", "an axis of size 1"),
    (VECTOR, COLUMN, "right", "an axis of size 1"),
    (COLUMN + 1, VECTOR, "shape", "is wrong, and has an axis of size 1"),
    (COLUMN - np.zeros(4), VECTOR, "shape", "grown by broadcasting"),
    (COLUMN - np.zeros(4), COLUMN, "shape", "grown by broadcasting"),
    (np.ones((4, 4)), VECTOR, "shape", "is a sum missing, or did a shape (n, 1) meet"),
    (MATRIX.T, MATRIX, "shape", "is transposed: rows and columns are exchanged"),
    (MATRIX.T + 1, MATRIX, "shape", "has its axes exchanged"),
    (MATRIX.ravel(), MATRIX, "shape", "is flattened"),
    (np.stack([MATRIX / 4] * 4), MATRIX, "shape", "the sum over it is missing"),
    (np.stack([MATRIX] * 4), MATRIX, "shape", "along which it is repeated"),
    (np.stack([MATRIX, 3 * MATRIX, -MATRIX]), MATRIX, "shape", "the mean over it is missing"),
    (np.arange(24.0).reshape(4, 2, 3), MATRIX, "shape", "is a sum or a mean over the batch missing?"),
    (MATRIX.sum(0), MATRIX, "shape", "has an axis too few"),
    (7.5, MATRIX, "shape", "is a single number"),
    (np.zeros((3, 5)), MATRIX, "shape", "has another shape"),
]


@pytest.mark.parametrize(("array", "right", "kind", "text"), SHAPES)
def test_a_wrong_shape_is_described_by_what_it_shows(array: Any, right: Any, kind: str, text: str) -> None:
    found = compared(array, right)
    assert found.kind == kind
    assert text in found.text
    assert not re.search(r"\d\.\d", found.text)
    if kind == "shape":
        assert str(np.shape(array)) in found.detail
        assert str(right.shape) in found.detail


ELEMENTS = [
    (MATRIX * 1.0005, "right", ""),
    (MATRIX.round(3) + 0.0004, "right", ""),
    (-MATRIX, "sign", "wrong sign in every element"),
    (MATRIX * 4, "factor", "same factor in every element"),
    (MATRIX / 6, "factor", "same factor in every element"),
    (MATRIX * 0, "zero", "is 0 everywhere"),
    (MATRIX * [[1], [2]], "part", "wrong in one row and right in all others"),
    (MATRIX * [[1, 1, 3]], "part", "wrong in one column and right in all others"),
    (MATRIX + np.array([[0, 0, 1], [1, 0, 0]]), "part", "wrong in some of its elements"),
    (np.where(np.arange(6).reshape(2, 3) == 0, MATRIX, 9.0), "part", "right in its first element only"),
    (MATRIX * 1.01, "near", "close, but not close enough"),
    (MATRIX + 5, "value", "is wrong"),
    (MATRIX * np.nan, "not finite", "nan or infinity"),
]


@pytest.mark.parametrize(("array", "kind", "text"), ELEMENTS)
def test_wrong_elements_are_described_by_their_pattern(array: Any, kind: str, text: str) -> None:
    found = compared(array, MATRIX)
    assert found.kind == kind
    assert text in found.text
    if not found.right and kind != "not finite":
        assert found.detail.startswith("yours is [[")


def test_a_square_matrix_may_be_transposed() -> None:
    assert compared(SQUARE.T, SQUARE).kind == "transposed"


def test_of_many_elements_the_first_wrong_one_is_shown() -> None:
    right = np.arange(1.0, 31.0).reshape(5, 6)
    wrong = right.copy()
    wrong[2, 3] = 0.125
    assert compared(wrong, right).detail == "your first wrong element, at [2, 3], is 0.125"


def test_none_is_zero_only_where_it_may_be() -> None:
    nothing = protocol.Nothing()
    assert compare(nothing, MATRIX, TOLERANCE, none_is_zero=True).kind == "none"
    assert compare(nothing, 0 * MATRIX, TOLERANCE, none_is_zero=True).right
    assert compare(nothing, MATRIX, TOLERANCE).kind == "kind"
    assert compare(None, MATRIX, TOLERANCE).kind == "missing"


def test_half_precision_and_rounding_are_told_apart_from_mistakes() -> None:
    third = MATRIX / 3
    half = compare(value(third * 1.008, "bfloat16"), third, TOLERANCE)
    assert half.kind == "precision"
    assert compared(third.round(3), third).kind == "coarse"


def test_nested_lists_and_lists_of_tensors_are_arrays() -> None:
    rows = protocol.Sequence([protocol.Sequence([protocol.Number(x, "int") for x in row]) for row in SQUARE.tolist()])
    assert compare(rows, SQUARE, TOLERANCE).right
    assert compare(protocol.Sequence([value(row) for row in MATRIX]), MATRIX, TOLERANCE).right
    ragged = protocol.Sequence([value(VECTOR), value(MATRIX[0])])
    assert compare(ragged, MATRIX, TOLERANCE).kind == "kind"


SCALARS = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from(["nan", "inf", "x"])
SHAPES_OF_ANYBODY = st.lists(st.integers(-2, 5), max_size=10).map(tuple)
NUMBERS = st.builds(protocol.Number, SCALARS, st.just("float32"), SHAPES_OF_ANYBODY)
ARRAYS = st.builds(protocol.Array, st.lists(SCALARS, max_size=8), st.just("float32"), SHAPES_OF_ANYBODY)
VALUES = st.recursive(
    NUMBERS | ARRAYS | st.just(protocol.Nothing()) | st.builds(protocol.Text, st.text()),
    lambda inner: st.builds(protocol.Sequence, st.lists(inner, max_size=4)),
    max_leaves=8,
)


@given(VALUES, st.sampled_from([VECTOR, MATRIX, SQUARE, np.zeros((2, 3))]))
def test_whatever_a_process_sends_is_compared_and_no_right_number_is_said(anything: protocol.Value, right: Any) -> None:
    found = compare(anything, right, TOLERANCE)
    assert found.right == (found.kind in ("right", "coarse"))
    array = compare_arrays.array_of(anything)
    assert array is None or array.size <= 4096
    assert "2.5" not in found.text
