"""A number that is an answer is found in whatever form, and one that may mean anything is let be."""

from pathlib import Path

import pytest
from frozen import changeable

from autograder.authoring.handout.spoilers import numbers
from autograder.rubric import Function, Lab, Rubric
from autograder.rubric.schema import GraphEntry, LearnsCheck


@pytest.mark.parametrize(
    "text",
    ["-.3857", "-0.39", "0.598688", "about 0.6 or 0.60", "`y_hat` is 0.6.", "m2 = 0.4", "dloss_dw: 8", "dm2_dr = 0.2",
     "dloss_dw1 ≈ −0.2", "loss = 1", ".462", "0.2138", "0.2501", "0.240260746", "dy_hat_dm2=0.24"],
)  # fmt: skip
def test_an_answer_is_found(real_lab: Lab, text: str) -> None:
    (problem,) = numbers(real_lab, {"file": f"one line\n{text}"})
    assert problem.startswith("file, line 2, has ")


@pytest.mark.parametrize(
    "text",
    ["x = 4, y = 1, w = 0.5 and w2 = 0.2", "def train(x=4.0, lr=0.01, n_epochs=20)", "2 lessons, 8 steps, 10 points",
     "0.4 or 0.6 of it", "1e-3 * abs(other) + 1e-6", "{mine:12.6f}", "numpy==0.39.0", "x0.39", "0.00", "loss = s ** 2",
     "such as 3, -0.7, 1/3", "y_hat = 0.7", "y_hat = 1", "\\sigma'(t) = \\sigma(t)\\,(1 - \\sigma(t))", "s²"],
)  # fmt: skip
def test_published_or_ambiguous_number_is_no_spoiler(real_lab: Lab, text: str) -> None:
    assert list(numbers(real_lab, {"file": text})) == []


def test_numbers_in_comments_are_spoilers(real_lab: Lab) -> None:
    program = 'def given():\n    """dloss_dw = 8"""\n    loss = 1.0\n    dloss_dw: float = 8.0\n    # y_hat = 2\n'
    found = list(numbers(real_lab, {"Lab4.py": program}))
    assert [problem.split(", which")[0] for problem in found] == ["Lab4.py, line 2, has 8", "Lab4.py, line 5, has 2"]
    assert len(list(numbers(real_lab, {"README.md": program}))) == 3


def test_a_constant_of_the_graph_is_given(tmp_path: Path) -> None:
    graph = GraphEntry({"y": "0.25 * x", "z": "y + 0.5"}, {"published": {"x": 1}})
    rubric = Rubric("lab", 0, {"g": graph}, {"f": Function(("x",), ("y",), "g")}, {}, ())
    assert list(numbers(Lab(tmp_path, rubric), {"file": "a quarter is 0.25"})) == []
    assert len(list(numbers(Lab(tmp_path, rubric), {"file": "0.25 and 0.75"}))) == 1


def test_a_bound_of_a_check_is_given(tmp_path: Path) -> None:
    check = LearnsCheck(
        number="1", name="fit", points=1, function="fit", train="train.npz", held_out="new.npz", mse=0.25, falls=0.75
    )
    graph = GraphEntry({"y": "x ** 2", "z": "y + 1"}, {"published": {"x": 0.5}})
    rubric = Rubric("lab", 1, {"g": graph}, {}, {}, (check,))
    assert list(numbers(Lab(tmp_path, rubric), {"file": "an error of at most 0.25"})) == []
    assert len(list(numbers(Lab(tmp_path, rubric), {"file": "y = 0.25"}))) == 1


def test_a_formula_that_begins_with_a_constant_is_no_spoiler(tmp_path: Path) -> None:
    graph = GraphEntry({"r": "1 - y", "loss": "r ** 2"}, {"published": {"y": [1, 0]}})
    rubric = Rubric("lab", 0, {"g": graph}, {"f": Function(("y",), ("r",), "g")}, {}, ())
    for text in ("r = 1 - y", "r = 1 − y", "`r`: 1 - y"):
        assert list(numbers(Lab(tmp_path, rubric), {"file": text})) == []
    assert len(list(numbers(Lab(tmp_path, rubric), {"file": "r = 1, r = 1 - y"}))) == 1


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.authoring.handout") == set()
