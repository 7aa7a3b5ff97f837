"""answers.yaml: blank for students, and filled in for the reference."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograder.authoring.handout.sheet import given
from autograder.graph import shape_of
from autograder.graph.array_notation import nested, plain
from autograder.graph.operation import Shape, Value
from autograder.rubric import Lab, expected
from autograder.submission.answers.parse import parse_answers
from autograder.submission.model import PartUnreadable
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

FILLED_IN_HEAD = """\
# The right answers, written by `autograder handout`. It keeps what you write instead of a number, such as 1/3, if that
# is right.
"""
DIGITS = 10  # significant ones
SAME = 1e-9  # relative and absolute difference of an answer that is kept
LONGEST_KEPT = 80  # characters of an answer that are read


def blank(lab: Lab) -> str:
    """The text of the file: a section for each graph that students work out on paper, with its published inputs."""
    sections = (
        "\n".join([f"{name}: # {given(lab, name)}", *_lines(lab, name, quantities)])
        for name, quantities in lab.paper().items()
    )
    return "\n".join([HEAD + (ARRAYS if lab.paper_arrays else ""), "\n\n".join(sections), ""])


def filled_in(lab: Lab) -> str:
    """The text of the reference's file: the right answers at the published inputs.

    An answer that is right in the present file is kept as it is written, for example 2/3. Comments are not kept.
    """
    sections = []
    for name, quantities in lab.paper().items():
        right = expected(lab.graphs[name], quantities, lab.published(name))
        kept = _kept(lab, name, right)
        lines = (f"  {each}: {kept.get(each) or plain(right[each], _digits)}" for each in quantities)
        sections.append("\n".join([f"{name}: # {given(lab, name)}", *lines]))
    return "\n".join([FILLED_IN_HEAD, "\n\n".join(sections), ""])


def _kept(lab: Lab, section: str, right: Mapping[str, Value]) -> dict[str, str]:
    """The answers of a section, as the reference's file has them, that are right."""
    try:
        text = (lab.reference / lab.rubric.answers).read_text(encoding="utf-8")
        present = parse_answers(text, lab.rubric.answers, arrays=lab.paper_arrays).sections.get(section.lower(), {})
    except (OSError, UnicodeDecodeError, PartUnreadable):
        return {}
    found = {name: present.get(name.lower()) for name in right}
    return {
        name: answer.text
        for name, answer in found.items()
        if answer and answer.value is not None and len(answer.text) < LONGEST_KEPT
        if _is_same(answer.value, nested(right[name]))
    }


def _is_same(value: Any, right: Any) -> bool:
    """Whether a number, or nested numbers, are the right ones."""
    if isinstance(right, list):
        return isinstance(value, Sequence) and len(value) == len(right) and all(map(_is_same, value, right))
    return isinstance(value, float | int) and math.isclose(value, right, rel_tol=SAME, abs_tol=SAME)


def _digits(value: float) -> str:
    return f"{value + 0.0:.{DIGITS}g}"


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
