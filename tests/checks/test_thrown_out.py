"""A check that is thrown out gives everyone its points or counts for nobody, wherever points are shown."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from conftest import RESULTS_SCHEMA, ROOT, RunClass, RunVerb
from small_labs import changed

from autograder import rubric
from autograder.checks.thrown_out import AWARDED, NOT_COUNTED, left_out, thrown_out
from autograder.gradescope import results_json
from autograder.gradescope.metadata import Earlier
from autograder.gradescope.progress import since_last
from autograder.outcome import CheckResult, Outcome
from autograder.yaml_config import FileError

CHECK = 'number: "3.2"\n    name: "train: other numbers, every epoch"\n    points: 12\n'  # forgot_zero_grad gets 0


def lab_with(folder: Path, key: str, check: str = CHECK) -> Path:
    return changed(folder, ("rubric.yaml", check, f"{check}    {key}\n"))


@pytest.mark.parametrize(
    ("key", "total", "score", "most", "told"),
    [
        ("award: everyone", 89, 12, 12, AWARDED),
        ("counts: false", 87.5, 0, 0, "Not counted: 3.2. The other points are scaled up, so that the total is still"),
    ],
)
def test_all_views_agree(
    tmp_path: Path, run_class: RunClass, key: str, total: float, score: float, most: float, told: str
) -> None:
    (tmp_path / "lab").mkdir()
    lab = lab_with(tmp_path / "lab", key)
    shutil.copytree(ROOT / "examples/forgot_zero_grad", tmp_path / "class/ada")
    shutil.copytree(ROOT / "examples/perfect_plain", tmp_path / "class/bob")
    run_class(tmp_path / "class", tmp_path / "out", "--lab", str(lab))
    results = json.loads((tmp_path / "out/results/ada.json").read_text())
    (test,) = (each for each in results["tests"] if each["number"] == "3.2")
    RESULTS_SCHEMA.validate(results)
    assert results["score"] == total
    assert results_json.read(tmp_path / "out/results/ada.json").total("instructor") == (total, 100)
    assert (test["score"], test["max_score"], test["status"]) == (score, most, "passed")
    assert told in results["output"] + test["output"]
    page = (tmp_path / "out/feedback/ada.html").read_text()
    assert f'<p class="total">{total:g} / 100</p>' in page
    assert told in page
    with (tmp_path / "out/grades.csv").open(newline="") as file:
        ada, bob = csv.DictReader(file)
    assert [float(each["Total Score"]) for each in (ada, bob)] == [total, 100]
    assert any(head.startswith("3.2") for head in ada) == (most > 0)
    report = (tmp_path / "out/report.html").read_text()
    assert f"<td>{total:g}<td" in report
    said = (
        "everybody gets all points of 3.2."
        if most
        else "3.2 does not count, and sums of points are multiplied by 1.136."
    )
    assert f"Thrown out: {said}" in report


def test_results_of_other_checks_stay(tmp_path: Path) -> None:
    lab = rubric.load(lab_with(tmp_path, "counts: false"))
    results = [CheckResult(each.number, each.name, each.points, Outcome(1.0, "x")) for each in lab.rubric.checks]
    now = thrown_out(lab, results)
    assert [each for each in now if each.decided] == [each for each in now if each.number == "3.2"]
    assert [one for one, each in zip(results, now, strict=True) if one == each] == [
        each for each in results if each.number != "3.2"
    ]
    assert lab.scale == pytest.approx(100 / 88)


def test_no_total_is_compared_with_the_last_attempt_where_points_are_scaled(tmp_path: Path) -> None:
    lab = rubric.load(lab_with(tmp_path, "counts: false"))
    results = [
        CheckResult(each.number, each.name, each.points, Outcome(each.points, "x")) for each in lab.rubric.checks
    ]
    earlier = [Earlier(each.number, 0.0, each.worth) for each in lab.rubric.checks]
    said = since_last(earlier, thrown_out(lab, results), lab)
    assert "train: up from 0 to 14 of 14 points" in said
    assert "Total" not in said


def test_fault_no_longer_matters(tmp_path: Path) -> None:
    lab = rubric.load(lab_with(tmp_path, "award: everyone"))
    (result,) = thrown_out(lab, [CheckResult("3.2", "train", 12.0, Outcome(0.0, "x", graded=False), fault=True)])
    assert (result.fault, result.outcome.points, result.state, result.word) == (
        False,
        12,
        "right",
        "points set by hand",
    )


def test_hidden_check_is_not_named(tmp_path: Path) -> None:
    lab = rubric.load(lab_with(tmp_path, "visibility: hidden\n    counts: false"))
    assert left_out(lab) == "The other points are scaled up, so that the total is still out of 100."
    assert not left_out(rubric.load(ROOT))
    assert NOT_COUNTED not in left_out(lab)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("award: everyone\n    counts: false", "(checks[6].award): a check that does not count has no points to award"),
        ("award: nobody", "(checks[6].award): there is no value 'nobody'; allowed: everyone"),
        ("counts: 0", "(checks[6].counts): true or false is needed here"),
    ],
)
def test_wrong_keys_are_refused(tmp_path: Path, key: str, problem: str) -> None:
    with pytest.raises(FileError) as error:
        rubric.load(lab_with(tmp_path, key))
    assert problem in str(error.value)


def test_rubric_without_any_check_that_counts(tmp_path: Path) -> None:
    lab = changed(tmp_path)
    text = (lab / "rubric.yaml").read_text()
    (lab / "rubric.yaml").write_text(text.replace("    tags: [", "    counts: false\n    tags: ["))
    with pytest.raises(FileError, match="no check counts"):
        rubric.load(lab)
    first = "kind: found, number"
    (lab / "rubric.yaml").write_text(text.replace(first, f"award: everyone, {first}"))
    with pytest.raises(FileError, match=r"checks\[0\].award\): this check gives no points; remove this key"):
        rubric.load(lab)


@pytest.mark.slow("uploads of another rubric")
def test_awarded_check_does_not_stop_the_upload(tmp_path: Path, run_verb: RunVerb) -> None:
    shutil.copytree(ROOT / "student_template", tmp_path / "student_template")
    lab = lab_with(tmp_path, "award: everyone")
    done = run_verb("build", "--lab", lab, "--out", tmp_path / "upload.zip")
    assert done.returncode == 0, done.stderr


def test_compare_says_whose_total_moves(tmp_path: Path, run_class: RunClass) -> None:
    (tmp_path / "lab").mkdir()
    lab = lab_with(tmp_path / "lab", "counts: false")
    for name, example in (("ada", "forgot_zero_grad"), ("bob", "perfect_plain")):
        shutil.copytree(ROOT / "examples" / example, tmp_path / "class" / name)
    run_class(tmp_path / "class", tmp_path / "old")
    said = run_class(tmp_path / "class", tmp_path / "new", "--lab", str(lab), "--compare", str(tmp_path / "old"))
    assert (
        "compared: 1 total changed (1 up, 0 down), 1 unchanged\n"
        "check 3.2 no longer counts; the other points are scaled\n"
        "ada (ada): 77 to 87.5; because of the checks named above\n"
    ) in said
