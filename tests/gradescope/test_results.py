"""results.json: valid and complete at every moment, whatever happens."""

import json
import math
import shutil
import time
from pathlib import Path

import jsonschema
import pytest
import yaml
from conftest import ROOT

from autograder import files
from autograder.gradescope import results
from autograder.lab import Lab
from autograder.outcome import Marked, Outcome

SCHEMA = yaml.safe_load((ROOT / "tests/gradescope/results.schema.json").read_text())


def content(path: Path) -> dict[str, object]:
    data = json.loads(path.read_text())
    jsonschema.validate(data, SCHEMA)
    return dict(data)


def marked(lab: Lab, number: str, points: float, text: str = "text") -> Marked:
    check = next(check for check in lab.rubric.checks if check.number == number)
    return Marked(number, check.name, check.points, Outcome(points, text))


def entry(path: Path, number: str) -> dict[str, object]:
    tests = content(path)["tests"]
    assert isinstance(tests, list)
    return next(test for test in tests if test["number"] == number)


def test_before_the_first_check_the_file_says_that_the_grader_did_not_finish(tmp_path: Path, real_lab: Lab) -> None:
    path = tmp_path / "new folder" / "results.json"
    results.Results(path, real_lab)
    data = content(path)
    assert data["score"] == 0
    assert data["output"] == results.NOT_FINISHED
    tests = data["tests"]
    assert isinstance(tests, list)
    assert [test["number"] for test in tests] == [check.number for check in real_lab.rubric.checks]
    assert sum(test["max_score"] for test in tests) == 100


def test_each_check_is_in_the_file_as_soon_as_it_is_marked(tmp_path: Path, real_lab: Lab) -> None:
    path = tmp_path / "results.json"
    with results.Results(path, real_lab) as file:
        file.record(marked(real_lab, "1.1", 4.0))
        until = time.monotonic() + 10
        while content(path)["score"] != 4 and time.monotonic() < until:  # it is written while marking goes on
            time.sleep(0.01)
        assert content(path)["score"] == 4
    assert content(path)["output"] == results.NOT_FINISHED
    assert entry(path, "1.1")["score"] == 4
    assert entry(path, "1.2")["output"] == results.NOT_RUN


@pytest.mark.parametrize(
    ("points", "score"), [(math.nan, 0), (math.inf, 0), (-3, 0), (99, 6), (6, 6), (5.999, 6.0), (1 / 3, 0.33)]
)
def test_a_score_is_finite_and_between_0_and_its_maximum(
    tmp_path: Path, real_lab: Lab, points: float, score: float
) -> None:
    with results.Results(tmp_path / "results.json", real_lab) as file:
        file.record(marked(real_lab, "1.1", points))
    assert entry(tmp_path / "results.json", "1.1")["score"] == score


def test_only_full_points_pass(tmp_path: Path, real_lab: Lab) -> None:
    with results.Results(tmp_path / "results.json", real_lab) as file:
        file.record(marked(real_lab, "1.1", 5.9))
        file.record(marked(real_lab, "1.2", 3))
    assert entry(tmp_path / "results.json", "1.1")["status"] == "failed"
    assert entry(tmp_path / "results.json", "1.2")["status"] == "passed"


def test_a_long_text_is_cut(tmp_path: Path, real_lab: Lab) -> None:
    with results.Results(tmp_path / "results.json", real_lab) as file:
        file.record(marked(real_lab, "1.1", 0, "x" * 1_000_000))
    output = entry(tmp_path / "results.json", "1.1")["output"]
    assert isinstance(output, str)
    assert len(output) == results.LONGEST_OUTPUT
    assert output.endswith("…")


def test_a_file_that_cannot_be_written_keeps_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text("old")
    with pytest.raises(ValueError, match="Out of range"):
        results.write(path, {"score": math.nan})
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]


@pytest.mark.parametrize("place", ["a folder", "under a file"])
def test_a_place_that_cannot_hold_results_is_one_sentence(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    target = tmp_path if place == "a folder" else tmp_path / "file" / "results.json"
    with pytest.raises(files.CannotWrite, match="it cannot be written"):
        results.write(target, {})


def test_a_link_is_followed_and_a_device_stays_one(tmp_path: Path) -> None:
    target = tmp_path / "target.json"
    target.write_text("old")
    (tmp_path / "link.json").symlink_to(target)
    results.write(tmp_path / "link.json", {"score": 1})
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads(target.read_text()) == {"score": 1}
    results.write(Path("/dev/null"), {"score": 1})
    assert Path("/dev/null").is_char_device()


def test_a_file_that_can_no_longer_be_written_is_said_at_the_end(tmp_path: Path, real_lab: Lab) -> None:
    folder = tmp_path / "results"
    with results.Results(folder / "results.json", real_lab) as file:
        shutil.rmtree(folder)
        folder.write_text("in the way")
        file.record(marked(real_lab, "1.1", 4.0))
        with pytest.raises(files.CannotWrite):
            file.finish("done")
