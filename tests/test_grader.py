"""One submission from what was submitted to a finished report, where lab or machine is at fault."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from autograder import __version__, rubric, submission
from autograder.checks import suite
from autograder.checks.suite import FAULT
from autograder.errors import GraderFault
from autograder.grader import Grader, NoSuchDevice, unreadable
from autograder.gradescope import results_writer
from autograder.gradescope.metadata import Metadata
from autograder.outcome import Outcome
from autograder.sandbox.host.calls import Call
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import Confined, Device


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lab of one's own to change."""
    shutil.copytree(ROOT / "reference", tmp_path / "lab/reference")
    shutil.copy(ROOT / "rubric.yaml", tmp_path / "lab")
    return tmp_path / "lab"


def change(file: Path, old: str, new: str) -> None:
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))


def test_disagreeing_reference_is_a_grader_fault(
    folder: Path, server: ForkServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    change(folder / "rubric.yaml", "returns: [loss, dloss_dw2, dloss_dw1]", "returns: [loss, dloss_dw1, dloss_dw2]")
    with Grader(rubric.load(folder), server, "cpu") as grader:
        report = grader.grade(ROOT / "examples/perfect_plain", tmp_path / "results.json")
    assert report.faulty
    assert [check.number for check in report.checks if check.fault] == ["7.1", "7.2"]
    assert "fnn_check_result() and the graph task2 in rubric.yaml disagree: dloss_dw1" in capfd.readouterr().err
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["output"].startswith("The grader itself failed")
    assert next(test for test in results["tests"] if test["number"] == "7.1")["output"] == FAULT


def test_hidden_check_is_not_mentioned(folder: Path, server: ForkServer, tmp_path: Path) -> None:
    change(folder / "rubric.yaml", '    number: "3.1"\n', '    number: "3.1"\n    visibility: hidden\n')
    with Grader(rubric.load(folder), server, "cpu") as grader:
        report = grader.grade(ROOT / "examples/forgot_zero_grad", tmp_path / "results.json")
    outcomes = {check.number: check.outcome for check in report.checks}
    assert "What is in w.grad" in outcomes["3.1"].hint
    assert "What is in w.grad" in outcomes["3.2"].hint
    assert outcomes["3.3"].hint == "See the advice under 3.2."
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["output"].startswith("15 of 18 checks are right")


def test_slow_judging_costs_only_that_submission(
    server: ForkServer, tmp_path: Path, real_lab: rubric.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(check: rubric.Check, context: object) -> Outcome:
        while check.number == "2.1":
            pass
        return Outcome(check.points, "fine")

    monkeypatch.setattr(suite, "grade", endless)
    monkeypatch.setattr("autograder.grader.JUDGING", 0.2)
    with Grader(real_lab, server, "cpu") as grader:
        report = grader.grade(ROOT / "examples/perfect_plain", tmp_path / "results.json")
    lost = {check.number: check.outcome for check in report.checks if check.outcome.points < check.out_of}
    assert lost == {"2.1": Outcome(0.0, suite.TOO_MUCH, graded=False)}
    assert not report.faulty


def test_stored_results_hold_versions_and_no_secrets(server: ForkServer, tmp_path: Path, real_lab: rubric.Lab) -> None:
    with Grader(real_lab, server, "cpu") as grader:
        report = grader.grade(ROOT / "examples/perfect_plain", tmp_path / "results.json")
    text = (tmp_path / "results.json").read_text()
    stored = json.loads(text)["extra_data"]
    seconds = stored.pop("seconds")
    assert stored.pop("missing_layers") == report.confinement.missing
    assert stored == {
        "grader": __version__,
        "rubric": real_lab.digest,
        "seed": submission.read(ROOT / "examples/perfect_plain").digest,
        "device": "cpu",
        "confinement": "reduced" if report.confinement.reduced else "full",
        "promises_not_kept": list(report.confinement.broken),
        "landlock": report.confinement.landlock,
    }
    assert list(seconds) == [check.number for check in real_lab.rubric.checks]
    assert 0 < sum(seconds.values()) < report.seconds
    assert real_lab.rubric.key not in text


def test_a_leaderboard_counts_what_all_may_see(folder: Path, server: ForkServer, tmp_path: Path) -> None:
    change(folder / "rubric.yaml", "leaderboard: false", "leaderboard: true")
    target = tmp_path / "results.json"
    with Grader(rubric.load(folder), server, "cpu") as grader:
        grader.grade(ROOT / "examples/perfect_plain", target, Metadata(attempt=3))
    points = {"name": "Points", "value": 100, "order": "desc"}
    assert json.loads(target.read_text())["leaderboard"] == [
        points,
        {"name": "Submissions", "value": 3, "order": "asc"},
    ]
    change(folder / "rubric.yaml", "hidden_inputs: visible", "hidden_inputs: after_due_date")
    with Grader(rubric.load(folder), server, "cpu") as grader:
        report = grader.grade(ROOT / "examples/perfect_plain", target)
    results = json.loads(target.read_text())
    assert results["leaderboard"] == [{"name": "Points", "value": 32, "order": "desc"}]
    assert results["output"].startswith("9 of 9 checks are right")
    assert "no total" in report.warnings[0]


def test_without_one_there_is_no_leaderboard(real_lab: rubric.Lab, server: ForkServer, tmp_path: Path) -> None:
    with Grader(real_lab, server, "cpu") as grader:
        grader.grade(ROOT / "examples/prints_only", tmp_path / "results.json", Metadata(attempt=3))
    assert "leaderboard" not in json.loads((tmp_path / "results.json").read_text())


def test_one_marker_marks_many_with_one_reference(server: ForkServer, tmp_path: Path, real_lab: rubric.Lab) -> None:
    with Grader(real_lab, server, "cpu") as grader:
        points = [
            grader.grade(ROOT / "examples" / name, tmp_path / f"{name}.json").points
            for name in ("perfect_plain", "syntax_error", "perfect_plain", "prints_only")
        ]
    assert points == [100, 21, 100, 23]


def test_a_device_that_is_not_there_leaves_earlier_results(
    server: ForkServer, tmp_path: Path, real_lab: rubric.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SandboxedProgram, "available_device", lambda self, wanted: Device(None, 2))
    target = tmp_path / "results.json"
    target.write_text("earlier")
    with (
        Grader(real_lab, server, "cuda") as grader,
        pytest.raises(NoSuchDevice, match=r"it has 2 CUDA devices\); use --device auto"),
    ):
        grader.grade(ROOT / "reference", target)
    assert target.read_text() == "earlier"


def test_the_line_of_a_mistake_is_in_the_file_too(server: ForkServer, tmp_path: Path, real_lab: rubric.Lab) -> None:
    (tmp_path / "Lab4.py").write_text(
        (ROOT / "reference/Lab4.py").read_text().replace("s = y_hat - y\n", "s = y_hat + y\n")
    )
    with Grader(real_lab.with_limits(search=30.0), server, "cpu") as grader:
        report = grader.grade(tmp_path, tmp_path / "results/results.json")
    lines = [line.text for check in report.checks for line in check.outcome.lines]
    said = "\n".join(each["output"] for each in json.loads((tmp_path / "results/results.json").read_text())["tests"])
    assert lines
    assert all(line in said for line in lines)


def test_of_a_very_long_program_no_line_is_told(server: ForkServer, tmp_path: Path, real_lab: rubric.Lab) -> None:
    """Which one is named could tell a hidden number."""
    text = (ROOT / "reference/Lab4.py").read_text().replace("s = y_hat - y\n", "s = y_hat + y\n")
    (tmp_path / "Lab4.py").write_text(text + "\n" * 500)
    with Grader(real_lab.with_limits(search=30.0), server, "cpu") as grader:
        report = grader.grade(tmp_path, tmp_path / "results/results.json")
    assert not [line for check in report.checks for line in check.outcome.lines]
    assert report.points < 100


def test_another_right_submission_takes_one_process_and_two_writes(
    server: ForkServer, tmp_path: Path, real_lab: rubric.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fork, write, called = server.fork, results_writer.write_text, SandboxedProgram._asked

    def counted(what: str, function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *of, **more: (done.append(what), function(*of, **more))[1]

    def call(program: SandboxedProgram, *of: Any) -> Call:
        done.append("reference" if program._patient else "call")
        return called(program, *of)

    monkeypatch.setattr(server, "fork", counted("fork", fork))
    monkeypatch.setattr(results_writer, "write_text", counted("write", write))
    monkeypatch.setattr(results_writer, "WITHIN", 1000.0)
    monkeypatch.setattr(SandboxedProgram, "_asked", call)
    with Grader(real_lab, server, "cpu") as grader:
        grader.grade(ROOT / "examples/perfect_plain", tmp_path / "first.json")
        assert "reference" in done
        done.clear()
        assert grader.grade(ROOT / "reference", tmp_path / "second.json").points == 100
    assert Counter(done) == {"fork": 1, "write": 2, "call": 29}


@pytest.mark.parametrize("in_a_class", [True, False])
def test_in_a_class_the_reference_rests_when_nothing_is_asked_of_it(
    server: ForkServer, tmp_path: Path, real_lab: rubric.Lab, in_a_class: bool
) -> None:
    with Grader(real_lab, server, "cpu", in_a_class=in_a_class) as grader:
        running = []
        for submission in ("examples/perfect_plain", "reference"):
            grader.grade(ROOT / submission, tmp_path / "results.json")
            running.append(grader.reference().pid is not None)
    assert running == [True, not in_a_class]


def test_nothing_is_run_where_it_cannot_be_confined(
    server: ForkServer, tmp_path: Path, real_lab: rubric.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    confined = Confined({"session": "", "limits": "", "files": "no Landlock"})
    monkeypatch.setattr(SandboxedProgram, "confinement", lambda self: confined)
    monkeypatch.setattr(server, "writes_elsewhere", False)  # as it is to be afterwards too
    with Grader(real_lab, server, "cpu", only_if_safe=True) as grader:
        for _ in range(2):  # not the second one either
            with pytest.raises(GraderFault, match="files: no Landlock"):
                grader.grade(ROOT / "reference", tmp_path / "results.json")
    with Grader(real_lab, server, "cpu") as grader:
        grader.grade(ROOT / "reference", tmp_path / "results.json")
    assert server.writes_elsewhere
    stored = json.loads((tmp_path / "results.json").read_text())["extra_data"]
    assert (stored["confinement"], stored["landlock"]) == ("reduced", 0)
    assert len(stored["promises_not_kept"]) == 6


def test_the_reference_has_no_answers_beside_it(real_lab: rubric.Lab, server: ForkServer, tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    shutil.copytree(real_lab.reference, folder / "reference")
    shutil.copy(real_lab.folder / "rubric.yaml", folder)
    (folder / "reference/helper.py").write_text("x = 1\n")
    with Grader(rubric.load(folder), server, "cpu") as grader:
        there = {path.name for path in grader.reference()._directory.rglob("*")}
    assert {"Lab4.py", "helper.py"} <= there
    assert not {"answers.yaml", "handout.md"} & there


@pytest.mark.parametrize(("device", "fits"), [("cuda:12", True), ("cuda:1234", False), ("gpu", False), (None, True)])
def test_a_word_that_is_no_device_is_refused(
    real_lab: rubric.Lab, server: ForkServer, device: str | None, fits: bool
) -> None:
    if fits:
        Grader(real_lab, server, device)
    else:
        with pytest.raises(NoSuchDevice, match=f"'{device}' is no device; it is one of auto, cpu"):
            Grader(real_lab, server, device)


def test_what_cannot_be_read_has_every_check_with_the_reason(real_lab: rubric.Lab, tmp_path: Path) -> None:
    unreadable(real_lab, "it is odd.", tmp_path / "results.json")
    results = json.loads((tmp_path / "results.json").read_text())
    assert (results["score"], results["output"]) == (0, "it is odd.")
    assert {test["output"] for test in results["tests"]} == {"Not graded: it is odd."}
    assert {test["score"] for test in results["tests"]} == {0}
    assert len(results["tests"]) == len(real_lab.rubric.checks)


@pytest.mark.parametrize("gpus", [0, 1])
def test_a_machine_without_the_device_says_what_it_has(
    server: ForkServer, tmp_path: Path, real_lab: rubric.Lab, monkeypatch: pytest.MonkeyPatch, gpus: int
) -> None:
    monkeypatch.setattr(SandboxedProgram, "available_device", lambda self, wanted: Device(None, gpus))
    has = "1 CUDA device" if gpus else "no CUDA device"
    with Grader(real_lab, server, "cuda:3") as grader, pytest.raises(NoSuchDevice, match=rf"\(it has {has}\)"):
        grader.reference()


def test_a_reference_runs_all_day_and_patiently(server: ForkServer, real_lab: rubric.Lab) -> None:
    with Grader(real_lab, server, "cpu") as grader:
        reference = grader.reference()
        assert grader.reference() is reference
        assert reference._limits.submission == 24 * 60 * 60
        assert (reference._patient, reference._double) == (True, False)
        with grader.in_double_precision() as double:
            assert (double._patient, double._double) == (True, True)
        pid = reference.pid
    assert pid is None or reference.pid is None


def test_a_report_says_what_was_graded_and_how_long_it_took(
    server: ForkServer, real_lab: rubric.Lab, tmp_path: Path
) -> None:
    (tmp_path / "Lab4.py").write_text("def f(): x = 1\n")
    with Grader(real_lab, server, "cpu") as grader:
        report = grader.grade(tmp_path / "Lab4.py", tmp_path / "results.json")
    assert report.submission == str(tmp_path / "Lab4.py")
    assert report.seconds > 0
    assert (report.numbers_of, report.told) == ("", "")
