"""The handout of a lab with vectors and matrices: shapes, lists as defaults, and lists that are answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from autograder import rubric
from autograder.authoring.handout import answers, make, sheet
from autograder.authoring.handout.program import unwritten
from autograder.authoring.handout.spoilers import lists, numbers
from autograder.rubric import FileError, Function, Lab, PaperCheck, Rubric, Tolerance
from autograder.rubric.schema import GraphEntry

LAB = rubric.load(ROOT / "labs/linear_regression")
Students = Callable[..., str]


@pytest.fixture
def students(tmp_path: Path) -> Students:
    """The students' program for a reference in which f(X, b) is to be written."""

    def students(reference: str, **published: Any) -> str:
        (tmp_path / "reference").mkdir(exist_ok=True)
        (tmp_path / "reference/Lab.py").write_text(reference)
        graph = GraphEntry({"y": "X + b"}, {"published": {"X": [[1, 2]], "b": 3, **published}})
        functions = {"f": Function(("X", "b"), ("y",), "g")}
        return unwritten(Lab(tmp_path, Rubric("lab", 0, {"g": graph}, functions, {}, (), program="Lab.py")))

    return students


RAISE = 'raise NotImplementedError("f() is still to be written")'


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("X = array([[1, 2.0]])  # a row\nb = 3\ndef f(X=X, b=b):\n", None),
        ("X = array([[0, 0]])  # a row\nb = 0\ndef f(X=X, b=b):\n",
         "X = array([[1.0, 2.0]])  # a row\nb = 3.0\ndef f(X=X, b=b):\n"),
        ("X = array(\n    [[0],\n     [0]]\n)\ndef f(X=X, b=0):\n",
         "X = array(\n    [[1.0, 2.0]]\n)\ndef f(X=X, b=3.0):\n"),
        ("def f(X=array([[0]]), b=0):\n", "def f(X=array([[1.0, 2.0]]), b=3.0):\n"),
        ("def f(X=[[0]], b=0):\n", "def f(X=[[1.0, 2.0]], b=3.0):\n"),
    ],
)  # fmt: skip
def test_published_arrays_are_written_into_the_program(
    students: Students, reference: str, expected: str | None
) -> None:
    assert students(f"{reference}    return X + b\n") == f"{expected or reference}    {RAISE}\n"


@pytest.mark.parametrize("head", ["def f(X, b):\n", "def f(X=None, b=1):\n", "X = read()\ndef f(X=X, b=1):\n"])
def test_an_array_needs_a_list(students: Students, head: str) -> None:
    with pytest.raises(FileError, match="list"):
        students(f"{head}    return X + b\n")


def test_the_sheet_has_matrices_and_shapes() -> None:
    section = sheet.section(LAB, "regression")
    assert (
        r"X = \begin{bmatrix} 1 & 2 \\ 3 & 1 \\ -2 & 4 \\ 2 & -1 \end{bmatrix} \in \mathbb{R}^{4 \times 2}"
        in section.given
    )
    assert r"w = (0.5, {-1}) \in \mathbb{R}^{2} \qquad b = 1" in section.given
    assert section.shapes == ("`X` (4, 2); `y`, `z`, `y_hat`, `e` and `q` (4,); `w` (2,); `b` and `loss` are numbers")


def test_blank_answers_show_their_places(tmp_path: Path) -> None:
    assert "\n  dloss_dw: [_, _] # 2 numbers\n  dloss_db:\n" in answers.blank(LAB)
    given = {"A": [[1, 2, 3], [4, 5, 6]], "B": [[0.5] * 9] * 3}
    graph = GraphEntry({"t": "A.T", "p": "A @ B", "s": "sum(p)"}, {"published": given})
    check = PaperCheck(number="1", name="paper", points=1, section="g", quantities=("t", "p", "s"), tolerance="exact")
    functions = {"f": Function(("A", "B"), ("s",), "g")}
    entry = Rubric("lab", 1, {"g": graph}, functions, {"exact": Tolerance(0, 1e-6)}, (check,))
    blank = answers.blank(Lab(tmp_path, entry))
    assert "  t: [[_, _], [_, _], [_, _]] # 3 rows of 2 numbers\n  p: # 2 rows of 9 numbers\n  s:\n" in blank


@pytest.mark.parametrize(
    "text",
    ["[-0.5, 1.5, -4, 3]", "e is -1.5, -2.5, 0 and so on: -1.5 -2.5 0 1", r"(-3.5, {-3.25})", "-3.50 & -3.25 \\\\",
     "[[-0.75], [-1.25],\n [0], [0.5]]", "9, 8, -3.5, -3.25, 7", "−3.5, −3.25"],
)  # fmt: skip
def test_a_copied_array_is_found(text: str) -> None:
    assert [*lists(LAB, {"file": text}), *numbers(LAB, {"file": text})]


@pytest.mark.parametrize(
    "text",
    ["[1, -0.5, 1/3] and [[1, 2], [3, 4]]", "X = [[1, 2], [3, 1], [-2, 4], [2, -1]]", "[1, 4, -4, 2], [0.5, -1]",
     "[ , , , ]", "[1.0, 1.0, 1.0, 1.0]", "[3.5, 3.3]"],
)  # fmt: skip
def test_published_or_other_arrays_are_no_spoiler(text: str) -> None:
    assert [*lists(LAB, {"file": text}), *numbers(LAB, {"file": text})] == []


def test_a_picture_with_shapes() -> None:
    assert "(4, 2)</text>" in make(LAB)["regression_graph.svg"]
