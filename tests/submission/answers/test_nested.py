"""Vectors and matrices in answers.yaml, as students write them and as NumPy and PyTorch print them."""

import math
import time
from contextlib import suppress

import pytest

from autograder.submission import Answer, Answers
from autograder.submission.answers.nested import MAX_ELEMENTS
from autograder.submission.answers.parse import parse_answers
from autograder.submission.model import PartUnreadable, Rows

VECTOR, MATRIX = (1.0, 2.0), ((1.0, 2.0), (3.0, 4.0))


def read(value: str) -> Answers:
    """The answers of a file in which `value` comes between two numbers."""
    return parse_answers(f"part:\n  b: 7\n  w: {value}\n  loss: 5\n", "answers.yaml", arrays=True)


@pytest.mark.parametrize(
    ("written", "rows"),
    [
        ("[1, 2]", VECTOR),
        ("[2/2, 4*0.5]", VECTOR),
        ("[1 2]", VECTOR),
        ("1 2", VECTOR),
        ("1, 2", VECTOR),
        ("(1, 2)", VECTOR),
        ("\n    - 1\n    - 2", VECTOR),
        ("tensor([1., 2.], grad_fn=<MulBackward0>)", VECTOR),
        ("np.array([1, 2])", VECTOR),
        ("w = [1, 2]", VECTOR),
        ("~ [1, 2]", VECTOR),
        ("[1, 2,]", VECTOR),
        ("[max(0, 1), sqrt(4)] # a remark", VECTOR),
        ('["0,5", 50%, 2³, 1 - 2]', (0.5, 0.5, 8.0, -1.0)),
        ("[1 -2 1/4]", (1.0, -2.0, 0.25)),
        ("[1, 2]^T", ((1.0,), (2.0,))),
        ("[1; 2]", ((1.0,), (2.0,))),
        ("[2]", (2.0,)),
        ("[[1, 2], [3, 4]]", MATRIX),
        ("[[1, 2], # a row\n    [3, 4]]", MATRIX),
        ("[1 2; 3 4]", MATRIX),
        ("[(1,2),(3,4)]", MATRIX),
        ("((1,2),(3,4))", MATRIX),
        ("[[1   \t 2], [3,4]]", MATRIX),
        ("1, 2; 3, 4", MATRIX),
        ("[1 2, 3 4]", MATRIX),
        ("[[1, 2]; [3, 4]]", MATRIX),
        ("[1, 2], [3, 4]", MATRIX),
        ("[[1. 2.]\n   [3. 4.]]", MATRIX),
        ("tensor([[1., 2.],\n          [3., 4.]], dtype=torch.float64)", MATRIX),
        ("\n    - [1, 2]\n    - [3, 4]", MATRIX),
        ("\n    - - 1\n      - 2\n    - - 3\n      - 4", MATRIX),
        ("\n    [1, 2]\n    [3, 4]", MATRIX),
        ("\n    1 2\n    3 4", MATRIX),
        ("[[1, 3], [2, 4]]ᵀ", MATRIX),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", MATRIX),
        ("[[[1]], [[2]]]", (((1.0,),), ((2.0,),))),
    ],
)
def test_lists(written: str, rows: Rows) -> None:
    section = read(written).sections["part"]
    assert section["w"].value == rows
    assert (section["b"].value, section["loss"].value) == (7.0, 5.0)


@pytest.mark.parametrize(("written", "value"), [("0,5", 0.5), ("2 [about 3]", 2.0), ("'1/4'", 0.25), ("1 - 2", -1.0)])
def test_numbers_stay_numbers(written: str, value: float) -> None:
    assert read(written).sections["part"]["w"].value == value


@pytest.mark.parametrize("written", ["", "[ , ]", "[[ , ], [ , ]]", "[?, ?]", "# 2 numbers, [ , ]"])
def test_blank_lists(written: str) -> None:
    assert read(written).sections["part"]["w"] == Answer("", None, None)


def test_blank_elements() -> None:
    one, other = read("[1, ]").sections["part"]["w"].value, read("[[ , 2]]").sections["part"]["w"].value
    assert str(one) == f"(1.0, {math.nan})"
    assert str(other) == f"(({math.nan}, 2.0),)"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("[1, 2", "A bracket ] is missing."),
        ("[1, 2]]", "A bracket [ is missing."),
        ("[[1, 2], [3]]", "Its rows are not equally long; write a number for every element."),
        ("[1, x]", "'x' was not understood; write a number or arithmetic."),
        ("[1/0, 2]", "It divides by zero."),
        ("[[[[[1]]]]]", "Brackets are nested more than 4 times; write a list of rows."),
        (f"[{', '.join(['1'] * (MAX_ELEMENTS + 1))}]", f"It has more than {MAX_ELEMENTS} elements."),
    ],
)
def test_unreadable_lists(written: str, problem: str) -> None:
    section = read(written).sections["part"]
    assert section["w"].problem == f"Line 3: {problem}"
    assert section["loss"].value == 5.0


@pytest.mark.parametrize("written", ["[1, 2]", "1 2"])
def test_other_labs_ask_for_numbers(written: str) -> None:
    found = parse_answers(f"part:\n  w: {written}\n", "answers.yaml").sections.get("part", {})
    assert all(answer.value is None for answer in found.values())


@pytest.mark.parametrize(
    "written",
    [
        "[" * 9000,
        "[1," * 3000,
        "(" * 5000,
        f"[{'1,' * 5000}]",
        "tensor(" + "a=1," * 2500 + ")",
        "1 " * 4900,
        "(1 " * 3000,
        "1;" * 4000,
        "[\n" * 1900,
        "\n    - 1" * 1999,
        "=" * 9000,
        "x=[1," * 3000,
        "[1, " + "-" * 9000 + "]",
        "\n   [1" * 1900,
    ],
)
def test_hostile_lists_take_no_time(written: str) -> None:
    started = time.process_time()
    with suppress(PartUnreadable):
        read(written)
    assert time.process_time() - started < 0.5
