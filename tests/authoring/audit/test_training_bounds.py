"""What an audit says about the bounds of checks of training: what the reference itself reaches."""

import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from autograder import rubric
from autograder.authoring.audit import training_bounds
from autograder.authoring.audit.budget import ENDLESS, Budget
from autograder.authoring.audit.progress import Progress
from autograder.authoring.audit.run import Audit
from autograder.authoring.audit.show import verdict
from autograder.authoring.audit.training_bounds import Bound, TrainingBounds, remarks
from autograder.grader import Grader
from autograder.sandbox.host.fork_server import ForkServer

LAB = ROOT / "labs/two_layer_network"


def audited(server: ForkServer, folder: Path, *changes: tuple[str, str, str]) -> TrainingBounds:
    shutil.copytree(LAB, folder, dirs_exist_ok=True)
    for file, old, new in changes:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new))
    with Grader(rubric.load(folder), server, "cpu") as grader:
        (found,) = training_bounds.audit(grader, ENDLESS, Progress())
    return found


def test_bounds_of_the_lab_are_safe(server: ForkServer, tmp_path: Path) -> None:
    found = audited(server, tmp_path)
    accuracy, falls = found.bounds
    assert not found.unsafe
    assert len(accuracy.values) == len(falls.values) == training_bounds.RUNS
    assert min(accuracy.values) > 0.9
    assert 0.9 <= accuracy.proposed < min(accuracy.values)
    assert max(falls.values) < falls.proposed < 0.3
    assert all("is safe" in each for each in remarks([found]))


def test_bounds_that_the_reference_misses_are_named(server: ForkServer, tmp_path: Path) -> None:
    found = audited(server, tmp_path, ("rubric.yaml", "accuracy: 0.9", "accuracy: 0.995"))
    said, _ = remarks([found])
    assert [each.key for each in found.unsafe] == ["accuracy"]
    assert "It misses accuracy: 0.995 too often; write accuracy: 0.9" in said
    audit = Audit("lab", 100, 0, 100, (), trained=(found,))
    assert not audit.holds
    assert verdict(audit) == "The reference may lose points when it trains again."


def test_a_reference_that_does_not_train_is_said(server: ForkServer, tmp_path: Path) -> None:
    found = audited(server, tmp_path, ("reference/Lab7.py", "optimizer.zero_grad()", "undefined"))
    (said,) = remarks([found])
    assert said.startswith("7 (fit): the reference cannot be trained: fit() raised NameError")


def test_a_chance_is_that_of_enough_runs() -> None:
    bound = Bound("accuracy", 0.9, (1.0, 0.8, 1.0, 0.8), True, 0.7)
    assert bound.reached == 2
    assert TrainingBounds("1", "fit", 2, 1, (bound,)).chance(bound) == pytest.approx(0.75)
    assert TrainingBounds("1", "fit", 2, 2, (bound,)).chance(bound) == pytest.approx(0.25)


def test_without_time_nothing_is_trained(server: ForkServer) -> None:
    with Grader(rubric.load(LAB), server, "cpu") as grader:
        assert training_bounds.audit(grader, Budget.of(0), Progress()) == ()
