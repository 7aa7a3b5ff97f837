"""Graders for the same lab with the same checks: what is prepared once, and the commands that grade."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import checks
import nbformat
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
Commands = list[list[str]]


@dataclass(frozen=True)
class Grader:
    """name; packages: what pip installs for it (nothing if it is installed here); commands(python, work, submissions):
    prepares the folder `work` and returns the commands that grade the submissions, one for each or one for all;
    points(python, work): what the last submission got, as a sign that the work was done."""

    name: str
    packages: tuple[str, ...]
    commands: Callable[[Path, Path, Sequence[Path]], Commands]
    points: Callable[[Path, Path], float]


def ours(python: Path, work: Path, submissions: Sequence[Path]) -> Commands:
    """All of them in one run of one worker process."""
    grade = [str(python), "-I", "-m", "autograder", "class", str(submissions[0].parent), "--out", str(work / "out")]
    return [[*grade, "--jobs", "1"]]


def gradescope_utils(python: Path, work: Path, submissions: Sequence[Path]) -> Commands:
    """benchmarks/plain_grader.py, a process for each, as on Gradescope."""
    grader = str(ROOT / "benchmarks/plain_grader.py")
    return [[str(python), grader, str(path), str(work / "results.json")] for path in submissions]


def otter(python: Path, work: Path, submissions: Sequence[Path]) -> Commands:
    """`otter run`, a process for each, as on Gradescope."""
    tests = work / "tests"
    tests.mkdir()
    for function in checks.FUNCTIONS:
        body = checks.source(function, f'env["{function}"]').replace("\n", "\n    ")
        head = f'from otter.test_files import test_case\n\nOK_FORMAT = False\nname = "{function}"\npoints = 20\n\n'
        test = f"@test_case(points=None)\ndef test_all(env):\n    {body}\n"
        (tests / f"{function}.py").write_text(f"{head}{checks.HELPER}\n\n{test}")
    program = [str(python), "-m", "otter"]
    archive = str(work / "autograder.zip")
    subprocess.run([*program, "generate", "-t", str(tests), "-o", archive], cwd=work, check=True, capture_output=True)
    run = [*program, "run", "--no-logo", "-a", archive, "-o", str(work)]
    return [[*run, str(path / "Lab4.py")] for path in submissions]


def nbgrader(python: Path, work: Path, submissions: Sequence[Path]) -> Commands:
    """`nbgrader autograde` once for all; each submission is a notebook with the program in one cell."""
    (work / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "course"\n')
    source = work / "source/lab/lab4.ipynb"
    _notebook(source, "### BEGIN SOLUTION\nimport torch\n### END SOLUTION")
    program = [str(python), "-m", "nbgrader"]
    made = [*program, "generate_assignment", "lab", "--create"]
    subprocess.run(made, cwd=work, check=True, capture_output=True)
    for number, path in enumerate(submissions):
        _notebook(work / f"submitted/s{number}/lab/lab4.ipynb", (path / "Lab4.py").read_text())
    return [[*program, "autograde", "lab"]]


def _notebook(path: Path, program: str) -> None:
    """Write a notebook with the program, then the checks."""
    cells = [("solution", program), ("helper", checks.HELPER)]
    cells += [(function, checks.source(function, function)) for function in checks.FUNCTIONS]
    book = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
    for name, text in cells:
        check = name in checks.FUNCTIONS
        about = {"grade_id": name, "solution": name == "solution", "locked": name != "solution", "grade": check}
        settings = {**about, **({"points": 20} if check else {}), "schema_version": 3, "task": False}
        book.cells.append(new_code_cell(text, metadata={"nbgrader": settings}, id=name.replace("_", "-")))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, path)


def in_grades(python: Path, work: Path) -> float:
    """The points in this grader's table."""
    return _last(work / "out/grades.csv", "Total Score")


def in_results(python: Path, work: Path) -> float:
    """The points in Gradescope's results.json."""
    results = json.loads((work / "results.json").read_text())
    return float(results.get("score", sum(test.get("score", 0) for test in results["tests"])))


def in_gradebook(python: Path, work: Path) -> float:
    """The points in nbgrader's database."""
    subprocess.run([str(python), "-m", "nbgrader", "export"], cwd=work, check=True, capture_output=True)
    return _last(work / "grades.csv", "score")


def _last(path: Path, column: str) -> float:
    """The number in the last row of a CSV file."""
    with path.open(newline="") as file:
        return [float(row[column]) for row in csv.DictReader(file)][-1]


GRADERS = (
    Grader("autograder", (), ours, in_grades),
    Grader("gradescope-utils", (), gradescope_utils, in_results),
    Grader("otter-grader", ("otter-grader", "ipykernel"), otter, in_results),
    Grader("nbgrader", ("nbgrader",), nbgrader, in_gradebook),
)
