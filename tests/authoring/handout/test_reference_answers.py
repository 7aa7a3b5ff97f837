"""The right answers on paper are written from the rubric, and expressions that are right stay as they are."""

import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, RunVerb

from autograder import rubric
from autograder.authoring import handout
from autograder.submission.answers.parse import parse_answers

LABS = [ROOT, *sorted(path.parent for path in (ROOT / "labs").glob("*/rubric.yaml"))]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the lab with vectors, without its template."""
    shutil.copytree(ROOT / "labs/linear_regression", tmp_path / "lab")
    return tmp_path / "lab"


def written(lab: Path) -> str:
    return handout.of_reference(rubric.load(lab))["answers.yaml"]


@pytest.mark.parametrize("folder", LABS, ids=lambda folder: folder.name)
def test_the_answers_of_every_lab_get_all_points(folder: Path, run_verb: RunVerb, tmp_path: Path) -> None:
    """Also if there was no file before."""
    lab = tmp_path / "lab"
    shutil.copytree(folder / "reference", lab / "reference")
    for path in folder.iterdir():
        if path.name not in ("reference", "student_template") and folder != ROOT:
            (shutil.copytree if path.is_dir() else shutil.copy)(path, lab / path.name)
    shutil.copy(folder / "rubric.yaml", lab / "rubric.yaml")
    (lab / "reference/answers.yaml").unlink()
    assert "written    " in run_verb("handout", "--lab", lab).stdout
    points = f"{rubric.load(lab).rubric.points:g}"
    done = run_verb("grade", lab / "reference", "--lab", lab, "--quiet")
    assert done.stdout == f"{points} of {points} points\n"


def test_a_wrong_or_missing_answer_is_named_by_check_and_corrected(copy: Path, run_verb: RunVerb) -> None:
    path = copy / "reference/answers.yaml"
    right = path.read_text()
    for wrong in (right.replace("loss: 2.375", "loss: 2.4"), right.replace("  dloss_db: -1.5\n", ""), "[", ""):
        path.write_text(wrong)
        done = run_verb("handout", "--lab", copy, "--check")
        assert (done.returncode, done.stdout) == (1, f"differs    {path}\n")
        assert f"written    {path}\n" in run_verb("handout", "--lab", copy).stdout
        assert path.read_text() == right


def test_expressions_that_are_right_are_kept_and_others_are_not(copy: Path) -> None:
    path = copy / "reference/answers.yaml"
    text = (
        path.read_text().replace("[-0.75, -1.25, 0, 0.5]", "[-3/4, -5/4, 0, 1/2]").replace("loss: 2.375", "loss: 19/8")
    )
    path.write_text(text)
    assert written(copy) == text
    path.write_text(text.replace("-5/4", "-5/3").replace("19/8", "19/9"))
    assert "dloss_de: [-0.75, -1.25, 0, 0.5]\n" in written(copy)
    assert "loss: 2.375\n" in written(copy)
    path.write_text(text.replace("[-3/4, -5/4, 0, 1/2]", "[[-3/4], [-5/4], [0], [1/2]]"))
    assert "dloss_de: [-0.75, -1.25, 0, 0.5]\n" in written(copy)


def test_numbers_have_ten_digits_and_follow_the_rubric(copy: Path) -> None:
    rubric_file = copy / "rubric.yaml"
    rubric_file.write_text(rubric_file.read_text().replace("w: [0.5, -1], b: 1", "w: [0.123456789012, -1e-7], b: 1"))
    text = written(copy)
    read = parse_answers(text, "answers.yaml", arrays=True).sections["regression"]
    lab = rubric.load(copy)
    right = rubric.expected(lab.graphs["regression"], ["y_hat"], lab.published("regression"))["y_hat"]
    assert read["y_hat"].value == pytest.approx(right.tolist(), rel=1e-9)
    (shown,) = re.findall(r"y_hat: \[(.*?),", text)
    assert shown == f"{right[0]:.10g}"
    assert "w = [0.123456789012, -1e-07]" in text


def test_a_folder_for_somebody_else_gets_no_answers(copy: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    path = copy / "reference/answers.yaml"
    path.write_text("")
    run_verb("handout", "--lab", copy, "--out", tmp_path / "other")
    assert path.read_text() == ""
    assert "  loss:\n" in (tmp_path / "other/answers.yaml").read_text()
