"""What does not fit in a rubric with vectors and matrices is said with its line."""

from pathlib import Path

import pytest
from conftest import ROOT

from autograder import rubric
from autograder.yaml_config import FileError

LAB = ROOT / "labs/linear_regression"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("      loss: mean(q)\n", "      loss: sqrt(q)\n", ["must be one number; it has shape (4,)", "mean(loss)"]),
        ("y: [1, 4, -4, 2]", "y: [1, 4, -4]", ["`e`", "(4,)", "(3,)"]),
        ("X: [[1, 2],", "X: [[1, 2, 5],", ["rows that are equally long"]),
        ("z: X @ w", "z: w @ X", ["`z`", "w has shape (2,)"]),
        ("returns: [z, y_hat, e, loss]", "returns: [z, y_hat, de_dw]", ["de_dw would need a number for each pair"]),
        ("by: hand", "as: nunpy", ["nunpy"]),
    ],
)
def test_a_misfit_is_one_sentence(old: str, new: str, words: list[str], tmp_path: Path) -> None:
    text = (LAB / "rubric.yaml").read_text()
    assert old in text
    (tmp_path / "rubric.yaml").write_text(text.replace(old, new, 1))
    (tmp_path / "reference").symlink_to(LAB / "reference")
    with pytest.raises(FileError) as caught:
        rubric.load(tmp_path)
    said = str(caught.value)
    assert "line " in said
    assert "\n" not in said
    assert all(word in said for word in words), said
