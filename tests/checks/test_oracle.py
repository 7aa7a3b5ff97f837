"""What is right are the graph's numbers, and only where the reference agrees with them."""

from collections.abc import Callable

import pytest
from conftest import ROOT
from in_process import Function, Numbers, Written, real, right

from autograder import rubric
from autograder.checks import oracle
from autograder.checks.oracle import Oracle, descent
from autograder.errors import GraderFault
from autograder.grader import Grader
from autograder.rubric import CallArguments
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.process import TimedOut

AT = CallArguments({"x1": 4.0, "w1": 0.5, "w2": 0.2, "y": 1.0}, {})
TRAIN = CallArguments({"x": 4.0, "y": 1.0, "w": 0.5}, {"lr": 0.01, "n_epochs": 3})
GRADIENTS = {"loss": 0.161052, "dloss_dw2": -0.385678, "dloss_dw1": -0.154271}
NEAR = rubric.Tolerance(rtol=1e-5, atol=1e-8)  # a hundredth of that by which programs are graded


def truth_of(function: Function) -> tuple[Oracle, Written]:
    """What is right by a reference all of whose functions are this one."""
    student = Written(dict.fromkeys(real()[0].rubric.functions, function))
    return Oracle(real()[0], student), student


def changed(change: Callable[[dict[str, float]], object]) -> Function:
    """fnn_check_result, with what it returns changed."""
    return lambda at, settings: change(dict(right("fnn_check_result")(at, settings)))  # type: ignore[call-overload]


def test_the_graphs_numbers_are_the_right_ones() -> None:
    found, _ = truth_of(right("fnn_check_result"))
    assert found.values("fnn_check_result", AT) == pytest.approx(GRADIENTS, abs=1e-6)


@pytest.mark.parametrize("off", [1.0009, 0.9991])
def test_float32_may_differ_a_little_from_the_graph(off: float) -> None:
    found, _ = truth_of(changed(lambda returned: {**returned, "loss": off * returned["loss"]}))
    assert found.values("fnn_check_result", AT) == pytest.approx(GRADIENTS, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda returned: {**returned, "loss": 0.16123},
            r"the reference's fnn_check_result\(\) and the graph task2 in rubric.yaml disagree: "
            r"loss is close, .* \(0.16123 against 0.161052\)",
        ),
        (
            lambda returned: {name: returned[name] for name in ("loss", "dloss_dw2")},
            r"dloss_dw1 is missing \(None against -0.154271\)",
        ),
        (lambda returned: {**returned, "dloss_dw1": None}, r"dloss_dw1 is None: .* \(None against -0.154271\)"),
        (
            lambda _: TimedOut(3.0),
            r"the reference's fnn_check_result\(\) gave no answer: fnn_check_result\(\) did not return within 3 s",
        ),
    ],
)
def test_a_reference_that_disagrees_marks_nobody(change: Callable[[dict[str, float]], object], sentence: str) -> None:
    found, _ = truth_of(changed(change))
    with pytest.raises(GraderFault, match=sentence):
        found.values("fnn_check_result", AT)


def test_reference_wrong_for_drawn_inputs_grades_nobody() -> None:
    def leaky(at: Numbers, settings: Numbers) -> object:
        return right("fnn_check_result")({**at, "w1": abs(at["w1"])}, settings)

    found, _ = truth_of(leaky)
    with pytest.raises(GraderFault, match="disagree: loss is wrong"):
        found.values("fnn_check_result", AT)


def test_none_is_the_references_zero() -> None:
    found, _ = truth_of(changed(lambda returned: {name: value or None for name, value in returned.items()}))
    at = CallArguments({**AT.inputs, "w1": -0.5}, {})
    assert found.values("fnn_check_result", at) == {"loss": 0.25, "dloss_dw2": 0.0, "dloss_dw1": 0.0}


def test_a_trajectory_goes_one_loss_beyond_the_last_update() -> None:
    found, _ = truth_of(right("train"))
    trajectory = found.trajectory("train", TRAIN)
    assert trajectory.losses == pytest.approx([1.0, 0.4624, 0.21381376, 0.09886748])
    assert trajectory.weights == {"w": pytest.approx(0.328608)}
    assert trajectory.epochs == 3


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


def test_a_reference_that_agrees_is_not_asked_again() -> None:
    found, student = truth_of(right("train"))
    found.trajectory("train", TRAIN)
    asked = len(student.calls)
    sets = [check.inputs for check in real()[0].rubric.checks if isinstance(check, rubric.TrainingCheck)]
    assert asked == 2 * (1 + sum(map(len, sets)))  # for the parameters' defaults, too
    found.trajectory("train", CallArguments(TRAIN.inputs, {"lr": 0.02, "n_epochs": 3}))
    assert len(student.calls) == asked


def halved(at: Numbers, settings: Numbers) -> object:
    """Training with half the learning rate: no mistake, where the lab asks for it."""
    return right("train")(at, {**settings, "lr": settings["lr"] / 2})


def test_a_reference_that_trains_in_its_own_way_is_asked_each_time() -> None:
    found, student = truth_of(halved)
    expected = descent(real()[0].graphs["task1"], ["w"], CallArguments(TRAIN.inputs, {**TRAIN.settings, "lr": 0.005}))
    for _ in range(2):
        asked = len(student.calls)
        assert found.trajectory("train", TRAIN) == expected
        assert [settings["n_epochs"] for _, _, settings, _ in student.calls[asked:]][-2:] == [3, 4]


@pytest.mark.parametrize("folder", [".", "labs/logistic_regression"])
def test_float32_lies_far_within_the_tolerance(
    folder: str, server: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So no score depends on whether a program is compared with the graph or with the reference."""
    monkeypatch.setattr(oracle, "REFERENCE_TOLERANCE", NEAR)
    the_lab = rubric.load(ROOT / folder)
    with Grader(the_lab, server, "cpu") as grader:
        found = Oracle(the_lab, grader.reference())
        for check in (each for each in the_lab.rubric.checks if isinstance(each, rubric.CodeCheck)):
            for arguments in (the_lab.arguments(check, name, digest) for name in check.inputs for digest in "abcde"):
                if isinstance(check, rubric.TrainingCheck):
                    assert found._descends(check.function, arguments)
                else:
                    found._compare_values(check.function, arguments)
