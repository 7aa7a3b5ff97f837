"""Inputs of a submission's own: the same at every regrade, others after every edit, and never where mistakes
coincide."""

import math
import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from autograder import graph, rubric
from autograder.rubric import draw
from autograder.yaml_config import FileError

GRAPH = graph.parse({"y_hat": "x * w", "s": "y_hat - y"})
DRAWN = draw.Drawn({"x": ((-3.0, -2.0), (2.0, 3.0)), "w": ((0.5, 1.0),), "y": ((0.0, 4.0),)}, {"s": ((-1.0, 1.0),)})


@given(st.text(), st.text())
def test_draw_depends_on_key_and_seed(key: str, seed: str) -> None:
    inputs = draw.draw(DRAWN, GRAPH, key, seed)
    assert inputs == draw.draw(DRAWN, GRAPH, key, seed)
    assert 2 <= abs(inputs["x"]) <= 3
    assert 0.5 <= inputs["w"] <= 1
    assert abs(inputs["x"] * inputs["w"] - inputs["y"]) > 1


def test_another_program_gets_other_inputs() -> None:
    drawn = {tuple(draw.draw(DRAWN, GRAPH, "key", f"program {number}").values()) for number in range(50)}
    assert len(drawn) > 45


def test_another_key_gives_other_inputs() -> None:
    assert draw.draw(DRAWN, GRAPH, "one key", "seed") != draw.draw(DRAWN, GRAPH, "another", "seed")


def test_intervals_that_leave_nothing_are_refused() -> None:
    nothing = draw.Drawn(DRAWN.intervals, {"x": ((-9.0, 9.0),)})
    with pytest.raises(ValueError, match="nothing to draw"):
        draw.draw(nothing, GRAPH, "key", "seed")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "W1: { shape: [3, 5]",
            "W1: { shape: [2, 5]",
            "(graphs.network.drawn.four.from): Node `Z1`: `X @ W1` does not fit: X has shape (4, 3)",
        ),
        ("y: { shape: [4]", "y: { shape: [5]", "a label for each of the n rows"),
        ("labels: 3", "labels: 4", "from 0 to 2; write { shape: [4], labels: 3 }"),
        (
            "y: { shape: [4], labels: 3 }",
            "y: { shape: [4], from: [[0, 2]] }",
            "from 0 to 2; write { shape: [4], labels: 3 }",
        ),
        ("y: [0, 2, 1]", "y: [0, 2, 0.5]", "0.5 is none"),
    ],
)
def test_shapes_and_labels_that_do_not_fit_are_refused(old: str, new: str, says: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/labs/network", tmp_path / "lab")
    path = tmp_path / "lab/rubric.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(FileError, match=re.escape(says)):
        rubric.load(path.parent)


@pytest.mark.parametrize("seed", range(200))
def test_the_labs_draws_avoid_the_traps(real_lab: rubric.Lab, seed: int) -> None:
    for check in real_lab.rubric.checks:
        if not isinstance(check, (rubric.ValuesCheck, rubric.GradientsCheck, rubric.TrainingCheck)):
            continue
        for name in check.inputs:
            if name == "published":
                continue
            arguments = real_lab.arguments(check, name, str(seed))
            task = real_lab.graphs[real_lab.rubric.functions[check.function].graph]
            values = task.values(arguments.inputs)
            assert not {1.0, 2.0, -1.0, 0.0, 0.5} & {arguments.inputs[n] for n in arguments.inputs}
            assert abs(abs(values["s"]) - 1) > 0.04
            assert (values["s"] < 0) == (name in ("too_low", "between", "dead_relu", "falls_fast")) or "falls" in name
            if "m2" in values:
                assert (values["m1"] < 0) == (name == "dead_relu")
                assert name == "dead_relu" or 0.5 <= abs(values["m2"]) <= 1.9
            if isinstance(check, rubric.TrainingCheck):
                a = 2 * arguments.settings["lr"] * arguments.inputs["x"] ** 2
                assert 2.1 < a < 2.8 if check.number == "3.5" else 0.1 < a < 0.37
                assert not math.isclose(values["loss"], 1, abs_tol=0.1)
