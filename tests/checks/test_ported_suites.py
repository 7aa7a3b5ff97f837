"""Suites of other courses' gradescope-utils tests, brought here as the guide says."""

from pathlib import Path

import pytest
from conftest import ROOT
from small_labs import grade_changed

from autograder import rubric
from autograder.grader import Grader
from autograder.sandbox.host.fork_server import ForkServer

LAB = ROOT / "tests/labs/ported"


def lost(server: ForkServer, folder: Path, *changes: tuple[str, str]) -> dict[str, float]:
    """The points that a changed reference loses, by check."""
    with Grader(rubric.load(LAB), server, "cpu") as grader:
        report = grade_changed(grader, folder, changes)
    return {each.number: each.out_of - each.outcome.points for each in report.checks if each.state != "right"}


def test_the_solution_earns_all_points(server: ForkServer, tmp_path: Path) -> None:
    assert lost(server, tmp_path) == {}


@pytest.mark.parametrize(
    ("old", "new", "points"),
    [
        ("math.hypot(x2 - x1, y2 - y1)", "x2 - x1 + y2 - y1", {"1.1": 1, "1.2": 1}),
        ("sorted(found)", "sorted(found, reverse=True)", {"2.3": 2}),
        ("self.bias + X", "X", {"3.1": 2, "3.2": 2}),
        ("self.weight - learning_rate *", "self.weight + learning_rate *", {"3.3": 2}),
        ("torch.clamp(x, min=0)", "torch.clamp(x, min=0).detach().requires_grad_()", {"4.2": 1}),
        ("** 2).mean()", "** 2).sum()", {"4.3": 2}),
        ('print(f"now: {self.current.title}")', "return self.current.title", {"4.4": 2}),
    ],
)
def test_mistakes_lose_points(server: ForkServer, tmp_path: Path, old: str, new: str, points: dict[str, float]) -> None:
    found = lost(server, tmp_path, (old, new))
    assert {number: each for number, each in found.items() if each} == points
