r"""Vectors and matrices as a textbook has them, and as a program does: in LaTeX, in plain text, and by their shape.

A vector is a list in round brackets, because in a program it is neither a row nor a column.
"""

from collections.abc import Callable
from typing import Any

from autograder.graph.notation import in_latex, number
from autograder.graph.operation import Shape, Value


def nested(value: Value) -> Any:
    """A value as a number or nested lists of numbers."""
    return value.tolist() if hasattr(value, "tolist") else value


def plain(value: Value, of_number: Callable[[float], str] = number) -> str:
    """A value as it is written in answers.yaml: "[[1, 2], [3, 0.5]]"."""
    return _plain(nested(value), of_number)


def latex(value: Value, of_number: Callable[[float], str] = in_latex) -> str:
    r"""A value in LaTeX: "(1, {-4})", "\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"; more axes: a list of these."""
    rows = nested(value)
    if not isinstance(rows, list):
        return of_number(rows)
    if not rows or not isinstance(rows[0], list):
        # In braces the sign of a negative number is not set as a minus between two numbers.
        return f"({', '.join(f'{{{each}}}' if each[0] == '-' else each for each in map(of_number, rows))})"
    if isinstance(rows[0][0], list):
        return f"({', '.join(latex(row, of_number) for row in rows)})"
    lines = r" \\ ".join(" & ".join(map(of_number, row)) for row in rows)
    return rf"\begin{{bmatrix}} {lines} \end{{bmatrix}}"


def space(shape: Shape) -> str:
    r"""The set that an array belongs to, in LaTeX: "\mathbb{R}^{4 \times 2}"."""
    sizes = r" \times ".join(map(str, shape))
    return rf"\mathbb{{R}}^{{{sizes}}}" if shape else r"\mathbb{R}"


def flat(value: Value) -> list[float]:
    """The numbers of a value, in order."""
    return value.ravel().tolist() if hasattr(value, "ravel") else [float(value)]


def _plain(rows: Any, of_number: Callable[[float], str]) -> str:
    return f"[{', '.join(_plain(row, of_number) for row in rows)}]" if isinstance(rows, list) else of_number(rows)
