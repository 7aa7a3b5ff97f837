"""Mistakes that the rubric defines: a wrong local derivative, or a wrong value of a node."""

import dataclasses
import math

import msgspec
import pytest

from autograder.mistakes.diagnose import explanations
from autograder.mistakes.evidence import Closeness, Sample
from autograder.mistakes.for_lab import Mistakes, special_mistakes
from autograder.rubric import Lab, LabMistake
from autograder.rubric.validate import problems

PER_CENT = LabMistake(
    "per-cent", "task2", "s", {"part": "y_hat / y", "hundred": "part * 100", "rest": "hundred - 100"},
    "s is the difference in per cent of the target", "In which unit is the difference?",
)  # fmt: skip
INPUTS = {"x1": 1.5, "w1": 0.7, "w2": 0.8, "y": 1.9}


def with_mistake(lab: Lab, mistake: LabMistake) -> Lab:
    mistakes = (*lab.rubric.mistakes, mistake)
    return dataclasses.replace(lab, rubric=msgspec.structs.replace(lab.rubric, mistakes=mistakes))


def test_a_wrong_value_is_recognized(real_lab: Lab) -> None:
    model, known = Mistakes(with_mistake(real_lab, PER_CENT)).in_function("fnn_forward")
    nodes = real_lab.graphs["task2"].values(INPUTS)
    s = 100 * nodes["y_hat"] / INPUTS["y"] - 100
    returned = {**{name: nodes[name] for name in ("m1", "r", "m2", "y_hat")}, "s": s, "loss": s**2}
    found = explanations(model, known, [Sample(INPUTS, {}, returned)], Closeness())
    assert [[mistake.name for mistake in each] for each in found] == [[PER_CENT.name]]


def test_derivatives_by_hand_may_go_with_a_wrong_value(real_lab: Lab) -> None:
    lab = with_mistake(real_lab, PER_CENT)
    everywhere, in_values = special_mistakes(lab, PER_CENT, by_hand=True)
    assert (everywhere.id, in_values.id) == ("per-cent", "per-cent/values")
    assert [each.id for each in special_mistakes(lab, PER_CENT, by_hand=False)] == ["per-cent"]
    model, _ = Mistakes(lab).in_function("fnn_gradients")
    wrong, right = (
        each.apply(model.right).results(["ds_dy_hat", "dloss_ds"], INPUTS) for each in (everywhere, in_values)
    )
    assert wrong["ds_dy_hat"] == pytest.approx(100 / INPUTS["y"])
    assert right["ds_dy_hat"] == 1.0
    assert wrong["dloss_ds"] == right["dloss_ds"]
    assert math.isfinite(wrong["dloss_ds"])


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        ({"instead_of": "z"}, ("instead_of",), "there is no local derivative or node 'z'"),
        ({"instead_of": "y"}, ("instead_of",), "there is no local derivative or node 'y'"),  # an input
        (
            {"nodes": {"rest": "loss - 1"}},
            ("nodes", "rest"),
            "it uses `loss`, which is neither an input nor a node above",
        ),
        ({}, None, ""),
    ],
)
def test_a_wrong_value_uses_what_is_before_it(
    real_lab: Lab, change: dict[str, object], where: tuple[str, ...] | None, what: str
) -> None:
    lab = with_mistake(real_lab, msgspec.structs.replace(PER_CENT, **change))
    found = [(place, said) for place, said in problems(lab) if place[0] == "mistakes"]
    assert [place for place, _ in found] == ([("mistakes", 1, *where)] if where else [])
    assert all(what in said for _, said in found)
