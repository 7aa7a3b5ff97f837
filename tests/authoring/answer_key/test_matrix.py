"""Numbers, vectors and matrices as the key writes them."""

from fractions import Fraction

import numpy as np
import pytest

from autograder.authoring.answer_key.matrix import in_line, matrix, value_in_line, width, written


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(1, 4), "0.25"),
        (Fraction("0.1234567"), "0.1234567"),
        (Fraction("-1.000000001"), "-1.000000001"),
        (Fraction("1.00000000001"), "1"),  # too long: six digits
        (Fraction(1, 3), "0.333333"),
        (Fraction(3), "3"),
        (Fraction(0), "0"),
        (0.1 + 0.2, "0.3"),
        (2.0, "2"),
        (-0.0, "0"),
        (1.23456789e-12, "1.23457e-12"),
    ],
)
def test_short_decimals_are_written_in_full(number: float | Fraction, text: str) -> None:
    assert written(number) == text


def test_result_says_whether_it_is_exact() -> None:
    exact = np.array([Fraction("0.1234567"), Fraction(2)], dtype=object)
    assert matrix(exact.astype(float), exact).equals == r"= {\begin{bmatrix} 0.1234567 \\ 2 \end{bmatrix}}"
    assert matrix(exact.astype(float)).equals == r"\approx {\begin{bmatrix} 0.123457 \\ 2 \end{bmatrix}}"
    assert matrix(0.1 + 0.2, np.asarray(Fraction("0.3"), dtype=object)).equals == "= 0.3"
    assert matrix(2e-7).equals == r"= 2 \cdot 10^{-7}"


def test_vector_is_a_column_and_transposed_a_row() -> None:
    vector, rows = matrix(np.array([1.0, 2.0])), matrix(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    assert vector.latex == r"{\begin{bmatrix} 1 \\ 2 \end{bmatrix}}"
    assert vector.transposed == r"{\begin{bmatrix} 1 & 2 \end{bmatrix}}"
    assert rows.latex == r"{\begin{bmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{bmatrix}}"
    assert rows.transposed == r"{\begin{bmatrix} 1 & 4 \\ 2 & 5 \\ 3 & 6 \end{bmatrix}}"
    assert (rows.value, rows.shape) == ([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], (2, 3))


def test_stack_of_matrices_is_a_column_of_them() -> None:
    rows = r"{\begin{bmatrix} 0 & 1 \end{bmatrix}} \\ {\begin{bmatrix} 2 & 3 \end{bmatrix}}"
    assert matrix(np.arange(4.0).reshape(2, 1, 2)).latex == rf"{{\begin{{bmatrix}} {rows} \end{{bmatrix}}}}"


def test_many_elements_are_abbreviated() -> None:
    wide = matrix(np.arange(60.0).reshape(6, 10))
    assert not wide.is_whole
    assert wide.latex == (
        r"{\begin{bmatrix} 0 & 1 & 2 & \cdots & 9 \\ 10 & 11 & 12 & \cdots & 19 \\ 20 & 21 & 22 & \cdots & 29 "
        r"\\ \vdots & \vdots & \vdots & \vdots & \vdots \\ 50 & 51 & 52 & \cdots & 59 \end{bmatrix}}"
    )
    assert matrix(np.arange(40.0)).latex == r"{\begin{bmatrix} 0 \\ 1 \\ 2 \\ \vdots \\ 39 \end{bmatrix}}"
    assert matrix(np.arange(30.0)).is_whole


def test_wide_matrix_is_abbreviated_too() -> None:
    wide = matrix(np.full((2, 12), 1 / 3))
    assert not wide.is_whole
    assert wide.latex.count("0.333333") == 2 * 4
    assert matrix(np.full((2, 5), 1 / 3)).is_whole


def test_width_is_that_of_the_longest_rows() -> None:
    assert width(matrix(np.array([[1.0, 2.5], [3.0, 4.0]])).latex) == len("1 & 2.5")
    assert width(r"x \odot y") == 0


def test_in_line() -> None:
    assert in_line([1.0, 2.0, -0.5, 4.0], (2, 2)) == "[[1, 2], [-0.5, 4]]"
    assert in_line([1 / 3], ()) == "0.333333"
    assert in_line([float(n) for n in range(13)], (13,)) == "[0, 1, 2, …, 12]"
    assert value_in_line(np.arange(8.0), most=6) == "[0, 1, 2, …, 7]"
    assert value_in_line(2.5) == "2.5"
