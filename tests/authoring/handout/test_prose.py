"""What an instructor wrote for another graph is pointed out, and nothing else is."""

import re
from pathlib import Path

import pytest
from conftest import ROOT, RunVerb

from autograder import rubric
from autograder.authoring import handout, new_lab

LABS = [ROOT, *sorted(path.parent for path in (ROOT / "labs").glob("*/rubric.yaml"))]


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A copy of the lab with a vector and a matrix."""
    return new_lab.start("mine", tmp_path, "linear_regression")


def change(lab: Path, *changes: tuple[str, str]) -> list[str]:
    """Change the rubric, or where that lacks it the reference; returns what no longer fits, without the folder."""
    for before, after in changes:
        path = next(path for path in (lab / "rubric.yaml", lab / "reference/Lab.py") if before in path.read_text())
        path.write_text(path.read_text().replace(before, after))
    return [sentence.removeprefix(f"{lab}/reference/") for sentence in handout.outdated(rubric.load(lab))]


@pytest.mark.parametrize("folder", LABS, ids=lambda folder: folder.name)
def test_the_prose_of_a_finished_lab_fits(folder: Path) -> None:
    assert handout.outdated(rubric.load(folder)) == []


def test_a_node_of_another_name_is_found_in_sheet_and_docstrings(lab: Path) -> None:
    found = change(
        lab, ("e: y_hat - y", "err: y_hat - y"), ("q: e **", "q: err **"), ("e, loss]", "err, loss]"),
        ("dloss_de", "dloss_derr"), ("  e: [error,", "  err: [error,"), ("          e: [[", "          err: [["),
    )  # fmt: skip
    assert [sentence.split(" is named")[0] for sentence in found] == [
        "Lab.py, line 41: 'e'",
        "Lab.py, line 54: 'e'",
        "Lab.py, line 55: 'dloss_de'",
        "handout.md, line 20: 'dloss_de'",
    ]


def test_a_key_of_a_dict_is_a_name(tmp_path: Path) -> None:
    lab = new_lab.start("mine", tmp_path, "logistic_regression")
    path = lab / "rubric.yaml"
    path.write_text(re.sub(r"(?<=[ (\[])t(?=[,):])|(?<=_d)t\b|(?<=\bd)t(?=_d)", "a", path.read_text()))
    found = change(lab, ('{"z": z, "t": t,', '{"z": z, "a": t,'))
    assert "Lab.py, line 41: 't' is named, but neither rubric.yaml nor Lab.py has such a name" in found


def test_a_function_of_another_name_is_found(lab: Path) -> None:
    names = (
        "train_by_hand",
        "def train_by_hand",
        "gradients, train_by_hand",
    )  # in the rubric, and twice in the program
    found = change(lab, *((name, name.replace("train_by", "fit_by")) for name in names))
    assert [sentence.split(" is named")[0] for sentence in found] == [
        "Lab.py, line 89: 'train_by_hand'",
        "handout.md, line 28: 'train_by_hand'",
    ]


def test_another_number_of_samples_functions_and_results_is_found(lab: Path) -> None:
    found = change(
        lab,
        ("X: [[1, 2], [3, 1], [-2, 4], [2, -1]], y: [1, 4, -4, 2]", "X: [[1, 2], [3, 1]], y: [1, 4]"),
        ("returns: [dloss_de, dloss_dw, dloss_db]", "returns: [dloss_dw, dloss_db]"),
    )
    assert found == [
        "Lab.py, line 10: 'four samples' does not fit: the sizes in rubric.yaml are 2, 3, 5",
        "Lab.py, line 58: 'these three names' does not fit: gradients returns 2 values: dloss_dw, dloss_db",
    ]


def test_the_number_of_samples_to_learn_from_fits(tmp_path: Path) -> None:
    lab = new_lab.start("mine", tmp_path, "two_layer_network")
    sheet = lab / "reference/handout.md"
    sheet.write_text(sheet.read_text() + "\nThere are 180 samples to learn from, and 130 samples are new.\n")
    (found,) = change(lab)
    assert "'130 samples' does not fit" in found


def test_an_operation_that_is_gone_and_other_published_numbers_are_found(tmp_path: Path) -> None:
    lab = new_lab.start("mine", tmp_path)
    sheet = lab / "reference/handout.md"
    sheet.write_text(
        sheet.read_text() + "\nWith x = 2, w = 0.4 and y = 1, 30 epochs are enough; run `python Lab7.py`.\n"
    )
    found = change(
        lab, ("tanh(z)", "sigmoid(z)"), ("math.tanh(z)", "1 / (1 + math.exp(-z))"), ("torch.tanh", "torch.sigmoid")
    )  # fmt: skip
    assert {re.sub(r", line \d+", "", sentence) for sentence in found} == {
        "Lab.py: tanh is named, but no graph has this operation, and Lab.py does not use it",
        "handout.md: tanh is named, but no graph has this operation, and Lab.py does not use it",
        "handout.md: w = 0.4 is said, but rubric.yaml publishes w = 0.3",
        "handout.md: '30 epochs' does not fit: n_epochs is 20",
        "handout.md: Lab7.py is named, but rubric.yaml names the files Lab.py and answers.yaml",
    }


def test_the_command_points_it_out(lab: Path, run_verb: RunVerb) -> None:
    sheet = lab / "reference/handout.md"
    sheet.write_text(sheet.read_text() + "\nThe gradient `dloss_dW` is a matrix.\n")
    problem = "'dloss_dW' is named, but neither rubric.yaml nor Lab.py has such a name"
    for options, status in (["--check"], 1), ([], 0), (["--check"], 0):
        done = run_verb("handout", "--lab", lab, *options)
        assert done.returncode == status
        assert f"look at    {sheet}, line 34: {problem}\n" in done.stdout
