"""Right programs in unlike styles: every way to return vectors and matrices earns all points."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

from autograder import rubric
from autograder.grader import Grader
from autograder.rubric import PaperCheck
from autograder.sandbox.host.fork_server import ForkServer

LABS: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "array_styles.yaml").read_text())


@pytest.fixture(scope="module")
def graders(server: ForkServer) -> Iterator[dict[str, Grader]]:
    made = {name: Grader(rubric.load(ROOT / name).with_limits(search=0), server, "cpu") for name in LABS}
    yield made
    for grader in made.values():
        grader.__exit__(None, None, None)


@pytest.mark.parametrize(("lab", "style"), [(lab, style) for lab, styles in LABS.items() for style in styles])
def test_a_right_program_earns_all_points(lab: str, style: str, graders: dict[str, Grader], tmp_path: Path) -> None:
    grader = graders[lab]
    file = grader.lab.rubric.program
    (tmp_path / file).write_text(f"{(grader.lab.reference / file).read_text()}\n\n{LABS[lab][style]}")
    report = grader.grade(tmp_path, tmp_path / "out/results.json")
    code = [check for check in grader.lab.rubric.checks if not isinstance(check, PaperCheck)]
    lost = {check.number: check.outcome.text for check in report.checks if check.outcome.points < check.out_of}
    assert {number: text for number, text in lost.items() if number in {check.number for check in code}} == {}


def test_a_tensor_that_is_left_on_the_cpu_is_found_with_its_line(graders: dict[str, Grader], tmp_path: Path) -> None:
    grader = graders["tests/labs/network"]
    text = (grader.lab.reference / "Network.py").read_text()
    used = "loss = F.cross_entropy(torch.relu(X.to(device) @ W1 + b1) @ W2 + b2, y.to(device))"
    targets = "targets = torch.eye(W2.shape[1])[y.to(device)]"
    made = f"{targets}\n    loss = F.cross_entropy(torch.relu(X @ W1 + b1) @ W2 + b2, targets)"
    assert text.count(used) == 1
    (tmp_path / "Network.py").write_text(text.replace(used, made))
    report = grader.grade(tmp_path, tmp_path / "out/results.json")
    device = report.checks[-1].outcome
    assert device.points == 1
    assert "left on the CPU" in device.text
    assert "torch.eye(W2.shape[1])" in device.text
    assert sum(check.outcome.points for check in report.checks[:-1]) == 58


def test_there_are_thirty_styles() -> None:
    assert sum(map(len, LABS.values())) >= 30
