"""The handout as a notebook: valid, with the same code as the program, and graded like it once it is filled in."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import ROOT, RunVerb

from autograder import rubric
from autograder.authoring import handout
from autograder.authoring.handout import program
from autograder.rubric import Lab

LABS = [ROOT, *sorted(path.parent for path in (ROOT / "labs").glob("*/rubric.yaml"))]
every_lab = pytest.mark.parametrize("folder", LABS, ids=lambda folder: folder.name)


def cells(lab: Lab, kind: str) -> list[dict[str, Any]]:
    """The cells of a lab's notebook, after validation."""
    notebook = nbformat.reads(handout.make(lab, as_notebook=True)[f"{lab.module}.ipynb"], as_version=4)
    nbformat.validate(notebook)
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def filled_in(lab: Lab) -> str:
    """The notebook with the reference's solution in the place of each function, and its helpers in a first cell."""
    source = (lab.reference / lab.rubric.program).read_text()
    parts = {
        each.name: ast.get_source_segment(source, each)
        for each in ast.parse(source).body
        if isinstance(each, ast.FunctionDef | ast.ClassDef)
    }
    imports = [ast.unparse(each) for each in ast.parse(source).body if isinstance(each, ast.Import | ast.ImportFrom)]
    helpers = [text for name, text in parts.items() if name.startswith("_")]
    notebook = nbformat.reads(handout.make(lab, as_notebook=True)[f"{lab.module}.ipynb"], as_version=4)
    for cell in notebook.cells:
        tree = ast.parse(cell.source).body if cell.cell_type == "code" else []
        if len(tree) == 1 and isinstance(tree[0], ast.FunctionDef | ast.ClassDef):
            cell.source = parts[tree[0].name]
    first = next(number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells.insert(first, nbformat.v4.new_code_cell("\n".join([*imports, *helpers])))
    return str(nbformat.writes(notebook))


@every_lab
def test_the_code_is_that_of_the_program_with_a_cell_for_each_function(folder: Path) -> None:
    lab = rubric.load(folder)
    sources = [str(cell["source"]) for cell in cells(lab, "code")]
    text = program.unwritten(lab).replace(f"`python {lab.rubric.program}`", "the notebook")
    text = text.replace(lab.rubric.program, f"{lab.module}.ipynb")
    assert ast.dump(ast.parse("\n\n".join(sources))) == ast.dump(ast.parse(text))
    for name in lab.rubric.functions:
        (cell,) = [source for source in sources if re.search(rf"^(def|class) {name}\b", source, re.MULTILINE)]
        assert len(ast.parse(cell).body) == 1


@every_lab
def test_a_notebook_that_is_filled_in_gets_all_points(folder: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    lab = rubric.load(folder)
    (tmp_path / f"{lab.module}.ipynb").write_text(filled_in(lab))
    shutil.copy(lab.reference / "answers.yaml", tmp_path)
    done = run_verb("grade", tmp_path, "--lab", folder, "--quiet")
    assert done.stdout == f"{lab.rubric.points:g} of {lab.rubric.points:g} points\n"


@every_lab
def test_the_sheet_is_in_it_with_its_pictures_and_formulas(folder: Path) -> None:
    lab = rubric.load(folder)
    markdown = cells(lab, "markdown")
    text = "\n\n".join(str(cell["source"]) for cell in markdown)
    sheet = handout.make(lab)["README.md"]
    for line in sheet.splitlines():
        if "math" not in line and "<img" not in line and lab.rubric.program not in line and "```" not in line:
            assert line in text
    assert "```math" not in text
    assert text.count("$$\n") == 2 * sheet.count("```math")
    assert lab.rubric.program not in text
    for name in lab.known_graphs:
        (shown,) = [cell for cell in markdown if f"](attachment:{name}_graph.svg)" in str(cell["source"])]
        assert shown["attachments"][f"{name}_graph.svg"]["image/svg+xml"]


def test_a_task_of_the_sheet_comes_before_its_functions() -> None:
    lab = rubric.load(ROOT)
    notebook = nbformat.reads(handout.make(lab, as_notebook=True)["Lab4.ipynb"], as_version=4)
    order = [re.search(r"^## Task.*|^def \w+", cell.source, re.MULTILINE) for cell in notebook.cells]
    assert [found[0] for found in order if found] == [
        *("## Task 1: one weight", "def check_result", "def train", "## Task 2: a network with one hidden unit"),
        *("def fnn_forward", "def fnn_gradients", "def fnn_check_result", "def attempt", "def compare", "def main"),
    ]


@pytest.mark.slow("notebooks that are run or built")
def test_the_notebook_runs_from_top_to_bottom(tmp_path: Path, real_lab: Lab) -> None:
    """As a program: no kernel is needed to see that each cell has what it uses."""
    (tmp_path / "cells.py").write_text("\n\n".join(str(cell["source"]) for cell in cells(real_lab, "code")))
    done = subprocess.run([sys.executable, "cells.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "train() is still to be written" in done.stdout


def test_a_folder_with_a_notebook_keeps_it(tmp_path: Path, run_verb: RunVerb) -> None:
    lab = tmp_path / "lab"
    shutil.copytree(ROOT / "labs/logistic_regression", lab)
    template = lab / "student_template"
    done = run_verb("handout", "--lab", lab, "--notebook")
    assert f"written    {template / 'Lab5.ipynb'}\n" in done.stdout
    assert f"remove     {template / 'Lab5.py'}, or students get the program twice\n" in done.stdout
    (template / "Lab5.py").unlink()
    assert run_verb("handout", "--lab", lab, "--check").returncode == 0
    change = (lab / "rubric.yaml").read_text().replace("n_epochs: 20", "n_epochs: 30")
    (lab / "rubric.yaml").write_text(change)
    done = run_verb("handout", "--lab", lab, "--check")
    assert (done.returncode, done.stdout) == (1, f"differs    {template / 'Lab5.ipynb'}\n")
    assert run_verb("handout", "--lab", lab).returncode == 0
    assert not (template / "Lab5.py").exists()
    assert "n_epochs=30" in json.dumps(json.loads((template / "Lab5.ipynb").read_text()))


def test_every_student_of_a_lab_with_individual_numbers_gets_a_notebook(tmp_path: Path, run_verb: RunVerb) -> None:
    lab = tmp_path / "lab"
    shutil.copytree(ROOT / "labs/logistic_regression", lab)
    path = lab / "rubric.yaml"
    path.write_text(path.read_text().replace("points: 60\n", "points: 60\nindividual: true\n"))
    (tmp_path / "roster.csv").write_text("Name,Email\nAda,ada@example.edu\nGrace,grace@example.edu\n")
    run_verb("handout", "--lab", lab, "--notebook", "--roster", "roster.csv", "--out", "handouts")
    texts = [path.read_text() for path in (tmp_path / "handouts").glob("*/Lab5.ipynb")]
    assert len(set(texts)) == 2
    assert not list((tmp_path / "handouts").glob("*/Lab5.py"))


@pytest.mark.slow("notebooks that are run or built")
def test_a_lab_with_a_notebook_is_built(tmp_path: Path, run_verb: RunVerb) -> None:
    lab = tmp_path / "lab"
    shutil.copytree(ROOT / "labs/logistic_regression", lab)
    (lab / "student_template/Lab5.py").unlink()
    run_verb("handout", "--lab", lab, "--notebook")
    done = run_verb("build", "--lab", lab, "--out", tmp_path / "lab.zip")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The reference gets all 60 points; the template gets 2" in done.stdout
