"""Every mistake is recognised by the numbers that it makes, and a right result is never said to have one."""

import pytest

from autograder import lab
from autograder.graph import parse
from autograder.mistakes.catalogue import Task, catalogue, distinct
from autograder.mistakes.diagnose import Sample, explanations
from autograder.mistakes.lab import Mistakes
from autograder.mistakes.work import IMPOSSIBLE, Work

FUNCTIONS = ("check_result", "train", "fnn_forward", "fnn_gradients", "fnn_check_result")


def samples(real_lab: lab.Lab, function: str, task: Task, work: Work) -> list[Sample]:
    """What a function with this work returns for all inputs that the rubric's checks use."""
    found = []
    for check in real_lab.rubric.checks:
        for inputs in check.inputs if isinstance(check, lab.CodeCheck) and check.function == function else ():
            given = real_lab.arguments(check, inputs, "some program")
            if task.trains:
                rate, epochs = given.settings["lr"], given.settings["n_epochs"]
                weights, losses = work.trained(task.weights, given.inputs, float(rate), int(epochs))
                found.append(Sample(given.inputs, given.settings, weights, losses))
            else:
                found.append(Sample(given.inputs, {}, work.results(task.returns, given.inputs)))
    return found


def named(real_lab: lab.Lab, function: str, *mistakes: str) -> list[tuple[str, ...]]:
    """What is recognised where a function has these mistakes."""
    task, known = Mistakes(real_lab).in_function(function)
    work = task.right
    for id in mistakes:
        work = next(made.mistake for made in known if made.mistake.id == id).apply(work)
    found = explanations(task, known, samples(real_lab, function, task, work))
    return [tuple(mistake.id for mistake in each) for each in found]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_at_least_95_of_100_mistakes_are_named_first(real_lab: lab.Lab, function: str) -> None:
    task, known = Mistakes(real_lab).in_function(function)
    each = distinct(task, known)
    first = []
    for made in each:
        found = explanations(task, known, samples(real_lab, function, task, made.work))
        first.append(bool(found) and found[0] == (made.mistake,))
    assert sum(first) >= 0.95 * len(each)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_found_where_nothing_is_wrong(real_lab: lab.Lab, function: str) -> None:
    assert named(real_lab, function) == []


@pytest.mark.parametrize(
    ("function", "mistake"),
    [
        ("train", "weight-zeroed@update"),
        ("train", "rounded-to-hundredths@losses"),
        ("train", "once@epochs"),
        ("fnn_forward", "formula@y_hat"),
        ("fnn_gradients", "factors@m2"),
        ("fnn_gradients", "fixed@nodes"),
    ],
)
def test_a_mistake_of_one_line_is_named_alone(real_lab: lab.Lab, function: str, mistake: str) -> None:
    assert named(real_lab, function, mistake) == [(mistake,)]


def test_a_link_left_out_is_said_of_the_chain_where_only_its_result_is_returned(real_lab: lab.Lab) -> None:
    assert named(real_lab, "train", "without-dy_hat_dw@dloss_dw") == [("without-dy_hat_dw@dloss_dw",)]


def test_rounding_to_float32_is_no_mistake(real_lab: lab.Lab) -> None:
    task, known = Mistakes(real_lab).in_function("fnn_gradients")
    right = samples(real_lab, "fnn_gradients", task, task.right)
    rounded = [Sample(s.inputs, {}, {name: value * (1 + 1e-6) for name, value in s.values.items()}) for s in right]
    assert explanations(task, known, rounded) == []


@pytest.mark.parametrize(
    ("function", "mistakes"),
    [
        ("fnn_gradients", ("factor@dloss_ds", "without-dr_dm1@dloss_dw1")),
        ("fnn_forward", ("left-out@r", "halved@loss")),
        ("train", ("half@slope", "never-zeroed@update")),
        ("fnn_check_result", ("left-out@r", "twice@gradients")),
    ],
)
def test_two_mistakes_at_once_are_recognised(real_lab: lab.Lab, function: str, mistakes: tuple[str, str]) -> None:
    assert [set(each) for each in named(real_lab, function, *mistakes)] == [set(mistakes)]


def test_numbers_without_a_pattern_are_not_recognised(real_lab: lab.Lab) -> None:
    task, known = Mistakes(real_lab).in_function("fnn_forward")
    right = samples(real_lab, "fnn_forward", task, task.right)
    odd = [
        Sample(s.inputs, {}, {name: value + 0.37 * n for name, value in s.values.items()}) for n, s in enumerate(right)
    ]
    assert explanations(task, known, odd) == []


def test_what_is_missing_or_no_number_is_left_out_of_account(real_lab: lab.Lab) -> None:
    task, known = Mistakes(real_lab).in_function("train")
    made = next(made for made in known if made.mistake.id == "never-zeroed@update")
    only = [Sample(s.inputs, s.settings, {}, s.losses) for s in samples(real_lab, "train", task, made.work)]
    assert explanations(task, known, only) == [(made.mistake,)]


def test_losses_taken_after_the_update_are_recognised_too(real_lab: lab.Lab) -> None:
    task, known = Mistakes(real_lab).in_function("train")
    made = next(made for made in known if made.mistake.id == "never-zeroed@update")
    after = []
    for sample in samples(real_lab, "train", task, task.right):
        n = int(sample.settings["n_epochs"])
        _, losses = made.work.trained(task.weights, sample.inputs, float(sample.settings["lr"]), n + 1)
        weights, _ = made.work.trained(task.weights, sample.inputs, float(sample.settings["lr"]), n)
        after.append(Sample(sample.inputs, sample.settings, weights, losses[1:], after=True))
    assert explanations(task, known, after) == [(made.mistake,)]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_ids_are_unique_and_every_mistake_says_what_to_look_at(real_lab: lab.Lab, function: str) -> None:
    task, known = Mistakes(real_lab).in_function(function)
    ids = [made.mistake.id for made in distinct(task, known)]
    assert len(ids) == len(set(ids))
    for made in known:
        assert "{" not in made.mistake.name + made.mistake.hint
        assert made.mistake.hint[-1] in ".?", made.mistake.hint
        assert made.mistake.name[-1] not in ".?"


def test_a_new_graph_gets_its_mistakes_for_nothing() -> None:
    graph = parse({"z": "x * w", "t": "z + b", "y_hat": "tanh(t)", "s": "y_hat - y", "loss": "s ** 2"})
    task = Task(graph, ("loss", "dloss_dw", "dloss_db"), {"x": 2, "w": 1, "b": 0.5, "y": 1}, {}, by_hand=True)
    found = {made.mistake.id for made in distinct(task, catalogue(task))}
    assert {"left-out@y_hat", "at-its-input@dy_hat_dt", "multiplied@t", "exchanged@w,b"} <= found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_any_two_mistakes_can_be_made_together(real_lab: lab.Lab, function: str) -> None:
    task, known = Mistakes(real_lab).in_function(function)
    inputs, settings = task.published, {"lr": 0.1, "n_epochs": 3}
    for one in known[::7]:
        for other in known[::11]:
            try:
                task.observed(other.mistake.apply(one.work), inputs, settings)
            except IMPOSSIBLE:
                continue


def test_a_derivative_that_is_not_asked_for_is_not_named(real_lab: lab.Lab) -> None:
    """dm1_dw1 = w1 looks like dm1_dx1 and dm1_dw1 exchanged, but no student is asked for dm1_dx1."""
    assert named(real_lab, "fnn_gradients", "own-factor@dm1_dw1") == [("own-factor@dm1_dw1",)]
    assert named(real_lab, "fnn_gradients", "factors@m2") == [("factors@m2",)]
