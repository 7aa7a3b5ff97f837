"""The blank answers.yaml."""

import math
from collections.abc import Iterator, Sequence

from autograder.authoring.handout.sheet import given
from autograder.graph import shape_of
from autograder.graph.operation import Shape
from autograder.rubric import Lab, expected
from autograder.text import plural

HEAD = """\
# Your answers on paper. Write each value after its colon and a space.
# A value is a number or an arithmetic expression, such as 3, -0.7, 1/3 or 2*(3-1)*5.
# Round numbers that are not exact to 4 decimals. Leave a value blank if you have no answer.
"""


ARRAYS = """\
# A vector is [1, -0.5, 1/3]; a matrix has its rows in brackets: [[1, 2], [3, 4]]. Write a number for each _.
"""
MOST_PLACES = 16  # of an array whose places are all shown


def blank(lab: Lab) -> str:
    """The text of the file: a section for each graph that students work out on paper, with its published inputs."""
    sections = (
        "\n".join([f"{name}: # {given(lab, name)}", *_lines(lab, name, quantities)])
        for name, quantities in lab.paper().items()
    )
    return "\n".join([HEAD + (ARRAYS if lab.paper_arrays else ""), "\n\n".join(sections), ""])


def _lines(lab: Lab, section: str, quantities: Sequence[str]) -> Iterator[str]:
    """A line for each answer, with the shape of a vector or a matrix."""
    right = expected(lab.graphs[section], quantities, lab.published(section))
    for name in quantities:
        shape = shape_of(right[name])
        yield f"  {name}: {_described(shape)}" if shape else f"  {name}:"


def _described(shape: Shape) -> str:
    """The places of an array, to be filled in, and its shape in words: "[_, _, _, _] # 4 numbers"."""
    *outer, last = (plural(size, what) for size, what in zip(shape, _axes(len(shape)), strict=True))
    words = " of ".join([*outer, last])
    return f"{_places(shape)} # {words}" if math.prod(shape) <= MOST_PLACES else f"# {words}"


def _axes(count: int) -> list[str]:
    return ["part"] * (count - 2) + ["row"] * (count > 1) + ["number"]


def _places(shape: Shape) -> str:
    size, *inner = shape
    return f"[{', '.join([_places(tuple(inner))] * size) if inner else ', '.join(['_'] * size)}]"
