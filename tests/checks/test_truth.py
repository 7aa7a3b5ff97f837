"""What is right comes from the reference, and only where the graph agrees with it."""

import pytest
from in_process import Function, Written, real, right

from autograder.checks import truth
from autograder.checks.truth import Truth
from autograder.lab import Arguments
from autograder.sandbox.child import TimedOut
from autograder.sandbox.wall import GraderFault

AT = Arguments({"x1": 4.0, "w1": 0.5, "w2": 0.2, "y": 1.0}, {})
TRAIN = Arguments({"x": 4.0, "y": 1.0, "w": 0.5}, {"lr": 0.01, "n_epochs": 3})
GRADIENTS = {"loss": 0.161052, "dloss_dw2": -0.385678, "dloss_dw1": -0.154271}


def truth_of(function: Function) -> tuple[Truth, Written]:
    """What is right by a reference all of whose functions are this one."""
    student = Written(dict.fromkeys(real()[0].rubric.functions, function))
    return Truth(real()[0], student), student


def test_the_references_numbers_are_the_right_ones() -> None:
    found, _ = truth_of(lambda at, _: GRADIENTS)
    assert found.values("fnn_check_result", AT) == GRADIENTS


@pytest.mark.parametrize("off", [1.0009, 0.9991])
def test_float32_may_differ_a_little_from_the_graph(off: float) -> None:
    found, _ = truth_of(lambda at, _: {**GRADIENTS, "loss": off * 0.161052})
    assert found.values("fnn_check_result", AT)["loss"] == off * 0.161052


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (
            {**GRADIENTS, "loss": 0.16123},
            r"the reference's fnn_check_result\(\) and the graph task2 in rubric.yaml disagree: "
            r"loss is close, .* \(0.16123 against 0.161052\)",
        ),
        ({"loss": 0.161052, "dloss_dw2": -0.385678}, r"dloss_dw1 is missing \(None against -0.154271\)"),
        ({**GRADIENTS, "dloss_dw1": None}, r"dloss_dw1 is None: .* \(None against -0.154271\)"),
        (TimedOut(3.0), r"the reference's fnn_check_result\(\) gave no answer: TimedOut\(seconds=3.0\)"),
    ],
)
def test_a_reference_that_disagrees_marks_nobody(result: object, sentence: str) -> None:
    found, _ = truth_of(lambda at, _: result)
    with pytest.raises(GraderFault, match=sentence):
        found.values("fnn_check_result", AT)


def test_none_is_the_references_zero() -> None:
    at = Arguments({"x1": 4.0, "w1": -0.5, "w2": 0.2, "y": 1.0}, {})
    found, _ = truth_of(lambda at, _: {"loss": 0.25, "dloss_dw2": None, "dloss_dw1": 0.0})
    assert found.values("fnn_check_result", at) == {"loss": 0.25, "dloss_dw2": 0.0, "dloss_dw1": 0.0}


def test_a_trajectory_goes_one_loss_beyond_the_last_update() -> None:
    found, student = truth_of(right("train"))
    losses = [1.0, 0.4624, 0.21381376, 0.09886748]
    trajectory = found.trajectory("train", TRAIN)
    assert trajectory.losses == pytest.approx(losses)
    assert trajectory.weights == {"w": pytest.approx(0.328608)}
    assert trajectory.epochs == 3
    assert [call[2]["n_epochs"] for call in student.calls] == [3, 4]


@pytest.mark.parametrize(
    "result",
    [
        (0.3, [1.01, 0.5]),
        (0.3, 7.0),
        ([1.0, 0.5], [1.0, 0.5]),
        [1.0, 0.5],
        {"losses": [1.0, 0.5]},
        {"w": 0.3},
    ],
)
def test_a_training_reference_needs_weights_and_the_graphs_first_loss(result: object) -> None:
    found, _ = truth_of(lambda at, _: result)
    with pytest.raises(GraderFault, match=r"train\(\) and the graph task1 .* disagree: its first loss is not 1$"):
        found.trajectory("train", TRAIN)


def test_what_is_known_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truth, "MOST_REMEMBERED", 2)
    found, student = truth_of(right("train"))

    def asked(*rates: float) -> int:
        before = len(student.calls)
        for rate in rates:
            found.trajectory("train", Arguments(TRAIN.inputs, {"lr": rate, "n_epochs": 3}))
        return (len(student.calls) - before) // 2

    assert asked(0.01, 0.02) == 2
    assert asked(0.01, 0.02) == 0
    assert asked(0.03) == 1
    assert asked(0.02, 0.03) == 0
    assert asked(0.01) == 1  # the oldest is forgotten first
    assert len(found._known) == 2
