"""The verbs of a lab with numbers of one's own: grading by hand, a folder for everybody, one student's key."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from conftest import RunVerb
from numbers_of_ones_own import ADA, ALAN, GRACE, ROSTER, make_lab, on_paper, own

from autograder import rubric

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("quick_draws")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lab").mkdir()
    return make_lab(tmp_path / "lab")


def test_student_option_is_needed_by_hand(folder: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    submission = tmp_path / "submission"
    shutil.copytree(folder / "reference", submission)
    (submission / "answers.yaml").write_text(on_paper(own(folder, GRACE)))
    arguments = ["grade", submission, "--lab", folder, "--results", tmp_path / "r.json", "--quiet", "--device", "cpu"]
    refused = run_verb(*arguments)
    assert (refused.returncode, "--student" in refused.stderr) == (2, True)
    assert "100 of 100 points" in run_verb(*arguments, "--student", "GRACE@example.edu ").stdout
    assert "100 of 100 points" not in run_verb(*arguments, "--student", "ada@example.edu").stdout


def test_every_student_gets_a_folder(folder: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    (tmp_path / "list.csv").write_text(ROSTER)
    out = tmp_path / "handouts"
    arguments = ["handout", "--lab", folder, "--roster", tmp_path / "list.csv", "--out", out]
    assert run_verb(*arguments).returncode == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "ada@example.edu",
        "alan@example.edu",
        "grace@example.edu",
        "roster.csv",
    ]
    with (out / "roster.csv").open(newline="") as file:
        rows = {row["Email"]: row for row in csv.DictReader(file)}
    for person in (ADA, ALAN, GRACE):
        inputs = own(folder, person).rubric.graphs["task1"].inputs["published"]
        assert float(rows[person.email]["task1.x"]) == inputs["x"]
        program = (out / person.email / "Lab4.py").read_text()
        assert f"def train(x={inputs['x']}, y={inputs['y']}, w={inputs['w']}, lr=0.01" in program
        assert f"x = {inputs['x']:g}, y = {inputs['y']:g}" in (out / person.email / "answers.yaml").read_text()
        assert rubric.load(folder).rubric.key not in program
    again = run_verb(*arguments)
    assert (again.returncode, "exists already" in again.stderr) == (2, True)


def test_key_has_the_students_inputs(folder: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    run_verb("key", "--lab", folder, "--student", "ada@example.edu", "--out", tmp_path / "key.json")
    key = json.loads((tmp_path / "key.json").read_text())
    inputs = own(folder, ADA).rubric.graphs["task1"].inputs["published"]
    assert next(graph["right"]["inputs"] for graph in key["graphs"] if graph["name"] == "task1") == inputs
    shared = run_verb("key", "--student", "ada@example.edu", "--out", tmp_path / "x.html")
    assert (shared.returncode, "set `individual: true`" in shared.stderr) == (2, True)
