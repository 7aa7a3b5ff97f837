"""How the key writes a number, a vector or a matrix: in LaTeX, and in a line of text.

A decimal that is exact and short is written with all its digits, any other number with six.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import Any

from autograder.graph import shape_of
from autograder.graph.notation import digits, power_of_ten
from autograder.graph.operation import Shape, Value

LONGEST = 10  # digits of an exact decimal that is written in full
MOST_ELEMENTS = 30  # of an array that is written as a whole
WIDEST = 60  # characters of a row that fits on paper, of all matrices of a formula together
FIRST = 3  # rows and columns that are shown of others, before the last
MOST_IN_LINE = 12  # elements of an array that is written as text
NEXT_ROW = r" \\ "
_ROWS = re.compile(r"\\begin\{bmatrix\} (.*?) \\end\{bmatrix\}")

Nested = Any  # a number, or nested lists of them


@dataclass(frozen=True)
class Matrix:
    """A result, as it is shown: a number has no axis, a vector one."""

    value: Nested
    shape: Shape
    latex: str  # a vector as a column; of many elements, the first and the last ones
    transposed: str  # the same of the transposed matrix; a vector as a row
    rounded: bool  # whether a number in it is shown to six digits and has more
    is_whole: bool  # whether all elements are shown

    @property
    def equals(self) -> str:
        """LaTeX for what it equals: "= 3"."""
        return rf"\approx {self.latex}" if self.rounded else f"= {self.latex}"


def matrix(value: Value, exact: Any = None) -> Matrix:
    """A result as it is shown.

    Args:
        value: in float64.
        exact: the same as Fractions, in an array of the same shape; None if it is not known.
    """
    shape = shape_of(value)
    plain = value.tolist() if shape else float(value)
    numbers = plain if exact is None else exact.tolist()
    whole = size(shape) <= MOST_ELEMENTS and width(_latex(numbers, whole=True)) <= WIDEST
    return Matrix(
        plain,
        shape,
        _latex(numbers, whole=whole),
        _latex(_transposed(numbers, shape), whole=whole),
        any(is_rounded(number) for number in _flat(numbers)),
        whole,
    )


def written(number: float | Fraction) -> str:
    """A number in decimals: exactly if that is short, else to six digits."""
    return digits(float(number)) if is_rounded(number) else f"{float(number) + 0.0:.{LONGEST}g}"


def is_rounded(number: float | Fraction) -> bool:
    """Whether a number is written to six digits, and has more."""
    if isinstance(number, float):
        return float(digits(number)) != number
    context = Context(prec=LONGEST)
    context.divide(Decimal(number.numerator), Decimal(number.denominator))
    return bool(context.flags[Inexact])


def size(shape: Shape) -> int:
    """How many elements an array has."""
    elements = 1
    for each in shape:
        elements *= each
    return elements


def width(latex: str) -> int:
    """The width of the matrices in a formula, in characters: of each its longest row."""
    return sum(max(map(len, rows.split(NEXT_ROW))) for rows in _ROWS.findall(latex))


def in_line(values: Sequence[float], shape: Shape, most: int = MOST_IN_LINE) -> str:
    """A number, or an array of few elements, as Python writes nested lists; of many, the first ones and the last.

    Args:
        values: the elements, row by row.
        shape: of the array.
        most: how many elements are few.
    """
    if not shape:
        return digits(values[0])
    if size(shape) > most:
        first = ", ".join(map(digits, values[:FIRST]))
        return f"[{first}, …, {digits(values[-1])}]"
    step = len(values) // shape[0]
    rows = (in_line(values[row * step : (row + 1) * step], shape[1:]) for row in range(shape[0]))
    return f"[{', '.join(rows)}]"


def value_in_line(value: Value, most: int = MOST_IN_LINE) -> str:
    """The same of a float or an array."""
    shape = shape_of(value)
    return in_line(value.ravel().tolist() if shape else [float(value)], shape, most)


def _transposed(numbers: Nested, shape: Shape) -> Nested:
    if len(shape) == 1:
        return [numbers]
    return [list(column) for column in zip(*numbers, strict=True)] if len(shape) == 2 else numbers


def _latex(rows: Nested, *, whole: bool) -> str:
    if not isinstance(rows, list):
        return power_of_ten(written(rows))
    if isinstance(rows[0], list) and not isinstance(rows[0][0], list):
        body = [" & ".join(_few([_latex(each, whole=whole) for each in row], r"\cdots", whole=whole)) for row in rows]
    else:  # a vector, or a stack of matrices
        body = [_latex(row, whole=whole) for row in rows]
    # In braces: otherwise brackets side by side are all as tall as the tallest, and a power belongs to the last one.
    return rf"{{\begin{{bmatrix}} {NEXT_ROW.join(_few(body, _dots(body[0]), whole=whole))} \end{{bmatrix}}}}"


def _dots(row: str) -> str:
    """What stands in the place of rows that are left out."""
    return " & ".join([r"\vdots"] * (row.count("&") + 1)) if r"\begin" not in row else r"\vdots"


def _few(parts: list[str], dots: str, *, whole: bool) -> list[str]:
    return parts if whole or len(parts) <= FIRST + 2 else [*parts[:FIRST], dots, parts[-1]]


def _flat(rows: Nested) -> list[Any]:
    return [number for row in rows for number in _flat(row)] if isinstance(rows, list) else [rows]
