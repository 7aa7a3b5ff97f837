"""results.json: valid and complete at every moment, whatever happens."""

import errno
import json
import math
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import RESULTS_SCHEMA

from autograder import fileio
from autograder.gradescope import results_writer
from autograder.gradescope.metadata import Earlier, Metadata
from autograder.gradescope.results_json import Column, Results
from autograder.outcome import CheckResult, Curve, Finding, GradeReport, Outcome
from autograder.rubric import Lab
from autograder.sandbox.host.confinement import PURPOSE, Confinement


def content(path: Path) -> dict[str, object]:
    data = json.loads(path.read_text())
    RESULTS_SCHEMA.validate(data)
    return dict(data)


def graded(lab: Lab, number: str, points: float, text: str = "text") -> CheckResult:
    check = next(check for check in lab.rubric.checks if check.number == number)
    return CheckResult(number, check.name, check.points, Outcome(points, text))


def entry(path: Path, number: str) -> dict[str, object]:
    tests = content(path)["tests"]
    assert isinstance(tests, list)
    return next(test for test in tests if test["number"] == number)


def test_unfinished_file_says_so(tmp_path: Path, real_lab: Lab) -> None:
    path = tmp_path / "new folder" / "results.json"
    results_writer.ResultsWriter(path, real_lab)
    data = content(path)
    assert data["score"] == 0
    assert data["output"] == results_writer.NOT_FINISHED
    tests = data["tests"]
    assert isinstance(tests, list)
    assert [test["number"] for test in tests] == [check.number for check in real_lab.rubric.checks]
    assert sum(test["max_score"] for test in tests) == 100


def test_only_the_final_version_is_written_if_asked_for(tmp_path: Path, real_lab: Lab) -> None:
    path, threads = tmp_path / "results.json", threading.active_count()
    with results_writer.ResultsWriter(path, real_lab, only_at_the_end=True) as file:
        file.record(graded(real_lab, "1.1", 1.0))
        assert threading.active_count() == threads
        assert not path.exists()
        file.finish("done")
    assert content(path)["output"] == "done"
    assert content(path)["score"] == 1


def test_losses_of_a_wrong_loop_are_a_picture_of_text(tmp_path: Path, real_lab: Lab) -> None:
    path = tmp_path / "results.json"
    curve = Curve([1.0, 0.0], [1.0, 0.5])
    with results_writer.ResultsWriter(path, real_lab) as file:
        for number, points in (("3.1", 2.0), ("3.2", 12.0)):
            result = graded(real_lab, number, points)
            file.record(replace(result, outcome=replace(result.outcome, curve=curve)))
        file.finish("done")
    assert entry(path, "3.1")["output"] == f"text\n{curve.text}"
    assert entry(path, "3.2")["output"] == "text"


def wait_for_score(path: Path, score: float) -> None:
    deadline = time.monotonic() + 20
    while content(path)["score"] != score:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_recorded_checks_are_written_while_the_next_one_hangs(
    tmp_path: Path, real_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results_writer, "WITHIN", 0.3)
    path = tmp_path / "results.json"
    with results_writer.ResultsWriter(path, real_lab) as file:
        for points in (1.0, 2.0):  # each time a moment passes after the write before
            file.record(graded(real_lab, "1.1", points))
            file.record(graded(real_lab, "1.2", points))
            assert content(path)["score"] == 2 * (points - 1)  # not each of them at once
            wait_for_score(path, 2 * points)
        file.record(graded(real_lab, "1.1", 5.0))
    assert content(path)["score"] == 7  # whatever ended the run
    assert content(path)["output"] == results_writer.NOT_FINISHED


def test_nothing_is_written_after_the_last_version(
    tmp_path: Path, real_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results_writer, "WITHIN", 0.05)
    path = tmp_path / "results.json"
    with results_writer.ResultsWriter(path, real_lab) as file:
        file.record(graded(real_lab, "1.1", 5.0))
        file.finish("done")
        time.sleep(0.2)
    assert content(path)["output"] == "done"


def test_graded_and_ungraded_checks_are_in_the_file(tmp_path: Path, real_lab: Lab) -> None:
    path = tmp_path / "results.json"
    with results_writer.ResultsWriter(path, real_lab) as file:
        file.record(graded(real_lab, "1.1", 4.0))
    assert content(path)["score"] == 4
    assert content(path)["output"] == results_writer.NOT_FINISHED
    assert entry(path, "1.1")["score"] == 4
    assert entry(path, "1.2")["output"] == results_writer.NOT_RUN


@pytest.mark.parametrize(
    ("points", "score"), [(math.nan, 0), (math.inf, 0), (-3, 0), (99, 6), (6, 6), (5.999, 6.0), (1 / 3, 0.33)]
)
def test_a_score_is_finite_and_between_0_and_its_maximum(
    tmp_path: Path, real_lab: Lab, points: float, score: float
) -> None:
    with results_writer.ResultsWriter(tmp_path / "results.json", real_lab) as file:
        file.record(graded(real_lab, "1.1", points))
    assert entry(tmp_path / "results.json", "1.1")["score"] == score


def test_only_full_points_pass(tmp_path: Path, real_lab: Lab) -> None:
    with results_writer.ResultsWriter(tmp_path / "results.json", real_lab) as file:
        file.record(graded(real_lab, "1.1", 5.9))
        file.record(graded(real_lab, "1.2", 3))
    assert entry(tmp_path / "results.json", "1.1")["status"] == "failed"
    assert entry(tmp_path / "results.json", "1.2")["status"] == "passed"


def test_a_long_text_is_cut(tmp_path: Path, real_lab: Lab) -> None:
    with results_writer.ResultsWriter(tmp_path / "results.json", real_lab) as file:
        file.record(graded(real_lab, "1.1", 0, "x" * 1_000_000))
    output = entry(tmp_path / "results.json", "1.1")["output"]
    assert isinstance(output, str)
    assert len(output) == results_writer.LONGEST_OUTPUT
    assert output.endswith("…")


def test_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text("old")
    with pytest.raises(ValueError, match="Out of range"):
        results_writer.write(path, Results(score=math.nan))
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]


@pytest.mark.parametrize("place", ["a folder", "under a file"])
def test_invalid_results_path_is_one_sentence(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    target = tmp_path if place == "a folder" else tmp_path / "file" / "results.json"
    with pytest.raises(fileio.CannotWrite, match="it cannot be written"):
        results_writer.write(target, Results())


def test_a_link_is_followed_and_a_device_stays_one(tmp_path: Path) -> None:
    target = tmp_path / "target.json"
    target.write_text("old")
    (tmp_path / "link.json").symlink_to(target)
    results_writer.write(tmp_path / "link.json", Results(score=1))
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads(target.read_text())["score"] == 1
    results_writer.write(Path("/dev/null"), Results(score=1))
    assert Path("/dev/null").is_char_device()


def test_unwritable_file_is_reported_at_the_end(tmp_path: Path, real_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_writer, "PAUSES", (99.0,))  # of no use here
    folder = tmp_path / "results"
    with results_writer.ResultsWriter(folder / "results.json", real_lab) as file:
        shutil.rmtree(folder)
        folder.write_text("in the way")
        file.record(graded(real_lab, "1.1", 4.0))
        with pytest.raises(fileio.CannotWrite):
            file.finish("done")


@pytest.mark.parametrize("failing", [1, 3])
def test_the_last_write_is_tried_again(
    tmp_path: Path, real_lab: Lab, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """What filled the disk is gone by then."""
    tried: list[str] = []

    def full(path: Path, text: str) -> None:
        tried.append(text)
        if len(tried) <= failing:
            raise fileio.CannotWrite("No space left on device", errno.ENOSPC)
        fileio.write_text(path, text)

    with results_writer.ResultsWriter(tmp_path / "results.json", real_lab) as file:
        monkeypatch.setattr(results_writer, "write_text", full)
        monkeypatch.setattr(results_writer, "PAUSES", (0.0, 0.0, 0.0))
        file.finish("done")
    assert json.loads((tmp_path / "results.json").read_text())["output"] == "done"
    assert len(tried) == failing + 1


def test_failed_write_is_repeated(tmp_path: Path, real_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = threading.Event()

    def full(*_: object) -> None:
        tried.set()
        raise fileio.CannotWrite("No space left on device")

    with results_writer.ResultsWriter(tmp_path / "results.json", real_lab) as file:
        monkeypatch.setattr(results_writer, "WITHIN", 0.0)
        monkeypatch.setattr(results_writer, "write_text", full)
        file.record(graded(real_lab, "1.1", 4.0))
        assert tried.wait(20)
        monkeypatch.undo()
        file.record(graded(real_lab, "1.2", 3.0))
        file.finish("done")
    assert json.loads((tmp_path / "results.json").read_text())["score"] == 7


def test_all_texts_together_are_bounded(tmp_path: Path, real_lab: Lab) -> None:
    check = real_lab.rubric.checks[1]
    many = [msgspec.structs.replace(check, number=str(number)) for number in range(100)]
    lab = Lab(real_lab.folder, msgspec.structs.replace(real_lab.rubric, checks=tuple(many)))
    for length, kept in ((4000, "x" * 4000), (4001, "x" * 3999 + "…")):
        with results_writer.ResultsWriter(tmp_path / "results.json", lab) as file:
            file.record(CheckResult("0", "", 6, Outcome(0, "x" * length)))
        assert entry(tmp_path / "results.json", "0")["output"] == kept
    with results_writer.ResultsWriter(tmp_path / "results.json", real_lab) as file:
        file.record(graded(real_lab, "1.1", 0, "x" * 8000))
    assert entry(tmp_path / "results.json", "1.1")["output"] == "x" * 8000


def test_grader_fault_has_not_passed(tmp_path: Path, real_lab: Lab) -> None:
    with results_writer.ResultsWriter(tmp_path / "results.json", real_lab) as file:
        file.record(replace(graded(real_lab, "1.1", 6), fault=True))
        file.record(graded(real_lab, "1.2", 3))
        file.finish("done", Results(execution_time=2))
    assert entry(tmp_path / "results.json", "1.1")["status"] == "failed"
    data = content(tmp_path / "results.json")
    assert (data["score"], data["output"], data["execution_time"]) == (9, "done", 2)
    assert entry(tmp_path / "results.json", "0").get("tags") is None
    assert entry(tmp_path / "results.json", "1.1")["tags"] == ["paper_task1"]


def report(lab: Lab, *outcomes: Outcome, **more: Any) -> GradeReport:
    """The first checks with these outcomes, the others wrong."""
    every = [*outcomes, *[Outcome(0, "")] * len(lab.rubric.checks)]
    checks = tuple(CheckResult(c.number, c.name, c.points, o) for c, o in zip(lab.rubric.checks, every, strict=False))
    return GradeReport("Lab", "who", "cpu", checks, 1.234, Confinement(dict.fromkeys(PURPOSE, "")), **more)


def test_the_text_of_all_counts_what_follows_as_right(real_lab: Lab) -> None:
    follows = Outcome(3, "", (Finding("a", "follows"),))
    made = report(real_lab, Outcome(0, ""), Outcome(6, ""), follows, Outcome(0.5, ""), told="told")
    text = results_writer.finished(made, real_lab, Metadata())
    words = "Each says what was asked, what you returned and what to look at."
    assert text == f"2 of 19 checks are right. {words}\n\ntold"
    faulty = replace(made, checks=(replace(made.checks[1], fault=True), *made.checks[2:]))
    assert results_writer.finished(faulty, real_lab, Metadata()) == results_writer.FAULTY


@pytest.mark.parametrize("output", ["", results_writer.FAULTY, results_writer.NOT_FINISHED])
def test_failed_attempt_has_no_progress(real_lab: Lab, output: str) -> None:
    metadata = Metadata(earlier=(Earlier("1.1", 0, 6),), output=output)
    text = results_writer.finished(report(real_lab, Outcome(0, ""), Outcome(6, "")), real_lab, metadata)
    assert ("Since your last attempt" in text) == (not output)


def test_what_is_stored_for_the_instructor(real_lab: Lab) -> None:
    made = replace(report(real_lab), numbers_of="ada", warnings=("warned",))
    stored = results_writer.about(made, real_lab, Metadata(attempt=2))
    assert stored.execution_time == 1.23
    assert stored.extra_data is not None
    assert "numbers_of" not in stored.extra_data
    assert stored.leaderboard is None
    rubric = msgspec.structs.replace(real_lab.rubric, individual=True, leaderboard=True)
    stored = results_writer.about(made, Lab(real_lab.folder, rubric), Metadata())
    assert stored.extra_data is not None
    assert (stored.extra_data["numbers_of"], stored.extra_data["warnings"]) == ("ada", ["warned"])
    assert stored.leaderboard == (Column("Points", 0, "desc"),)
    stored = results_writer.about(replace(made, total=7.5), replace(real_lab, rubric=rubric), Metadata())
    assert stored.leaderboard == (Column("Points", 7.5, "desc"),)


def test_a_failure_before_the_rubric_is_read_is_valid(tmp_path: Path) -> None:
    results_writer.write(tmp_path / "results.json", results_writer.failure("é"))
    data = content(tmp_path / "results.json")
    assert (data["score"], data["output"], data["tests"]) == (0, "é", [])
    assert (tmp_path / "results.json").read_bytes().isascii()
