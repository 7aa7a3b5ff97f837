"""What changed since the last attempt is told, and only of what the student sees and saw."""

import json
from pathlib import Path
from typing import Any

import msgspec
from conftest import ROOT

from autograder.grader import Grader
from autograder.gradescope import metadata, results_writer
from autograder.gradescope.metadata import Earlier
from autograder.gradescope.progress import since_last
from autograder.outcome import CheckResult, Outcome
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer


def points(lab: Lab, **lost: float) -> dict[str, float]:
    """Full points for every check, less what is named: n3_1=4 takes 4 from check 3.1."""
    missing = {name[1:].replace("_", "."): value for name, value in lost.items()}
    return {check.number: check.points - missing.get(check.number, 0.0) for check in lab.rubric.checks}


def earlier(lab: Lab, **lost: float) -> list[Earlier]:
    worth = {check.number: check.points for check in lab.rubric.checks}
    return [Earlier(number, score, worth[number]) for number, score in points(lab, **lost).items()]


def now(lab: Lab, **lost: float) -> list[CheckResult]:
    scores = points(lab, **lost)
    return [CheckResult(c.number, c.name, c.points, Outcome(scores[c.number], "")) for c in lab.rubric.checks]


def changed(lab: Lab, **values: Any) -> Lab:
    return Lab(lab.folder, msgspec.structs.replace(lab.rubric, **values))


def test_changes_are_grouped_by_task(real_lab: Lab) -> None:
    text = since_last(earlier(real_lab, n3_1=4, n3_2=12, n1_2=3), now(real_lab, n3_1=4, n5_2=6), real_lab)
    assert text == (
        "Since your last attempt:\n"
        "paper task1: up from 6 to 9 of 9 points\n"
        "train: up from 10 to 22 of 26 points\n"
        "fnn forward: down from 14 to 8 of 14 points\n"
        "Total: up from 81 to 90 of 100 points"
    ).replace("fnn forward", "fnn_forward")


def test_first_attempt_has_no_progress(real_lab: Lab) -> None:
    assert since_last([], now(real_lab), real_lab) == ""
    assert since_last([Earlier("9.9", 1, 2)], now(real_lab), real_lab) == ""


def test_same_points(real_lab: Lab) -> None:
    text = since_last(earlier(real_lab, n3_1=1), now(real_lab, n3_1=1), real_lab)
    assert text == "The points that you see are the same as in your last attempt."


def test_hidden_checks_are_not_compared(real_lab: Lab) -> None:
    before, after = earlier(real_lab, n3_1=4, n3_2=12), now(real_lab)
    hiding = changed(real_lab, hidden_inputs="after_due_date")
    seen = "Since your last attempt:\ntrain: up from 0 to 4 of 4 points"
    assert since_last(before, after, hiding) == seen
    shown_then = [each for each in before if each.number != "3.2"]
    assert since_last(shown_then, after, real_lab) == "Since your last attempt:\ntrain: up from 10 to 14 of 14 points"


def test_check_with_other_points_is_not_compared(real_lab: Lab) -> None:
    before = [Earlier("3.1", 1, 2), Earlier("2.1", 0, 1)]
    text = since_last(before, now(real_lab), real_lab)
    assert text == "Since your last attempt:\ncheck_result: up from 0 to 1 of 1 points"


def test_many_groups_are_cut_short(real_lab: Lab) -> None:
    checks = tuple(
        msgspec.structs.replace(real_lab.rubric.checks[1], number=str(n), tags=(f"part_{n}",)) for n in range(40)
    )
    many = changed(real_lab, checks=checks)
    before = [Earlier(check.number, 0, 6) for check in checks]
    lines = since_last(before, now(many), many).splitlines()
    assert len(lines) == 15
    assert lines[1] == "part 0: up from 0 to 6 of 6 points"
    assert lines[-2:] == ["and 28 more", "Total: up from 0 to 240 of 240 points"]


def test_progress_since_the_previous_attempt(server: ForkServer, tmp_path: Path, real_lab: Lab) -> None:
    path = tmp_path / "submission_metadata.json"
    target = tmp_path / "results.json"
    with Grader(real_lab, server, "cpu") as grader:
        grader.grade(ROOT / "examples/forgot_zero_grad", target)
        path.write_text(json.dumps({"previous_submissions": [{"results": json.loads(target.read_text())}]}))
        grader.grade(ROOT / "examples/perfect_plain", target, metadata.read(path))
    output = json.loads(target.read_text())["output"]
    assert output.endswith(
        "\n\nSince your last attempt:\ntrain: up from 3 to 26 of 26 points\nTotal: up from 77 to 100 of 100 points"
    )


def test_failed_attempt_is_not_compared(server: ForkServer, tmp_path: Path, real_lab: Lab) -> None:
    path, target = tmp_path / "submission_metadata.json", tmp_path / "results.json"
    results_writer.ResultsWriter(target, real_lab)
    path.write_text(json.dumps({"previous_submissions": [{"results": json.loads(target.read_text())}]}))
    with Grader(real_lab, server, "cpu") as grader:
        grader.grade(ROOT / "examples/prints_only", target, metadata.read(path))
    assert "last attempt" not in json.loads(target.read_text())["output"]


def test_twelve_groups_are_told_whole(real_lab: Lab) -> None:
    checks = tuple(
        msgspec.structs.replace(real_lab.rubric.checks[1], number=str(n), tags=(), name=f"part {n}") for n in range(12)
    )
    many = changed(real_lab, checks=checks)
    lines = since_last([Earlier(check.number, 0, 6) for check in checks], now(many), many).splitlines()
    assert lines[12:] == ["part 11: up from 0 to 6 of 6 points", "Total: up from 0 to 72 of 72 points"]


def test_unchanged_total_is_left_out(real_lab: Lab) -> None:
    text = since_last(earlier(real_lab, n2_1=1), now(real_lab, n7_1=1), real_lab)
    assert text.splitlines()[1:] == [
        "check_result: up from 1 to 2 of 2 points",
        "fnn_check_result: down from 14 to 13 of 14 points",
    ]


def test_points_are_summed_to_two_decimals(real_lab: Lab) -> None:
    text = since_last(earlier(real_lab, n3_1=0.1, n3_2=0.2), now(real_lab, n3_1=0.001), real_lab)
    assert text.splitlines()[1] == "train: up from 25.7 to 26 of 26 points"
