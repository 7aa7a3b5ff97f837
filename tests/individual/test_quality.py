"""A good exercise on paper has short numbers that cannot be taken for one another, and its losses fall."""

import pytest
from conftest import ROOT

from autograder import graph, rubric
from autograder.individual.quality import Exercise, Training, digits, exercise_of

GRAPH = graph.parse({"y_hat": "x * w", "s": "y_hat - y", "loss": "s ** 2"}, ["x", "y", "w"])
ASKED = ("y_hat", "s", "loss", "dloss_dw")
GOOD = {"x": 3.2, "y": 2.6, "w": 0.7}
DENSE = graph.parse({"m": "x * w", "r": "relu(m)", "z": "r + b", "s": "z - y", "loss": "s ** 2"}, ["x", "y", "w", "b"])


def objection(x: float, y: float, w: float, *trainings: Training) -> str:
    return Exercise(GRAPH, ASKED, (), trainings).objection({"x": x, "y": y, "w": w})


@pytest.mark.parametrize(
    ("number", "count"), [(8, 1), (0.0125, 3), (12500 * 0.1, 3), (-0.36, 2), (0.1 + 0.2, 1), (3.3 * 1.1, 3), (0, 0)]
)
def test_digits_are_those_that_one_writes(number: float, count: int) -> None:
    assert digits(number) == count


def test_a_good_one_is_not_objected_to() -> None:
    assert objection(**GOOD) == ""


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ((4, 1, 0.5), "an answer has fewer than 2 or more than 4 digits"),  # as published
        ((3.21, 2.6, 0.7), "an answer has fewer than 2 or more than 4 digits"),
        ((3.2, 2.24, 0.7), "a value is 0"),
        ((3.2, 2.3, 0.7), "an answer is smaller than 0.01"),
        ((900.0, 2.6, 1.2), "a value is infinite or above 1000"),
        ((1e200, 1.0, 1e200), "a value is infinite or above 1000"),
        ((2.3, 2.2, 0.7), "two values lie within 5% of each other"),
    ],
)
def test_what_is_wrong_is_said(inputs: tuple[float, float, float], why: str) -> None:
    assert objection(*inputs) == why


def test_published_zeros_may_be_0() -> None:
    inputs = {"x": 3.2, "y": 2.6, "w": 0.7}
    named = graph.parse({"y_hat": "x * w", "rest": "1 - 1", "s": "y_hat - y", "loss": "s ** 2"}, ["x", "y", "w"])
    assert Exercise(named, ASKED, (), ()).objection(inputs) == "a value is 0"
    assert Exercise(named, ASKED, ("rest",), ()).objection(inputs) == ""


def test_active_relu_may_repeat_its_input() -> None:
    inputs = {"x": 3.2, "y": 5.6, "w": 0.7, "b": 1.3}
    assert Exercise(DENSE, ("m", "r", "z"), (), ()).objection(inputs) == ""


@pytest.mark.parametrize(("rate", "epochs", "good"), [(0.03, 20, True), (0.0005, 20, False), (0.2, 20, False)])
def test_the_losses_of_every_training_function_fall(rate: float, epochs: int, good: bool) -> None:
    problem = "" if good else "the loss does not fall in every epoch, or not to less than half"
    assert objection(**GOOD) == ""
    assert objection(3.2, 2.6, 0.7, Training(("w",), rate, epochs)) == problem


def test_all_trained_weights_are_moved() -> None:
    inputs = {"x": 0.1, "y": 5.6, "w": 0.7, "b": 1.3}
    assert not Training(("w",), 0.1, 20).converges(DENSE, inputs)
    assert Training(("w", "b"), 0.1, 20).converges(DENSE, inputs)


def test_a_lab_says_what_is_asked_and_trained() -> None:
    the_lab = rubric.load(ROOT)
    task1, task2 = exercise_of(the_lab, "task1"), exercise_of(the_lab, "task2")
    assert task1.asked == ASKED
    assert list(task1.trainings) == [Training(("w",), 0.01, 20)]
    assert task2.asked[-2:] == ("dloss_dw2", "dloss_dw1")
    assert not task2.trainings


SUM = graph.parse({"z": "p + q"})


def of_sum(p: float, q: float, *asked: str) -> str:
    return Exercise(SUM, asked, (), ()).objection({"p": p, "q": q})


LONG = "an answer has fewer than 2 or more than 4 digits"
CLOSE = "two values lie within 5% of each other"


@pytest.mark.parametrize(
    ("p", "q", "asked", "why"),
    [
        (600, 400, (), ""),
        (601, 400, (), "a value is infinite or above 1000"),
        (-601, -400, (), "a value is infinite or above 1000"),
        (1001, -500, (), "a value is infinite or above 1000"),  # an input is a value too
        (2e-9, 0, (), ""),
        (1e-9, 0, (), ""),
        (9e-10, 0, (), "a value is 0"),
        (0.0311, -0.02, ("z",), ""),
        (-0.0311, 0.02, ("z",), ""),
        (0.0299, -0.02, ("z",), "an answer is smaller than 0.01"),
        (0.01, 0, ("z",), LONG),
        (1, 2, ("z",), LONG),
        (1, 2, (), ""),
        (1, 2.5, ("z",), ""),
        (1, 2.345, ("z",), ""),
        (1, 2.3456, ("z",), LONG),
        (1, 1.05, (), CLOSE),
        (1, 1.06, (), ""),
        (-1, -1.05, (), CLOSE),
        (-1, -1.06, (), ""),
        (-1, 1.06, (), ""),
        (3, 0.15, (), CLOSE),
        (3, 0.17, (), ""),
    ],
)
def test_each_limit_of_a_good_exercise(p: float, q: float, asked: tuple[str, ...], why: str) -> None:
    assert of_sum(p, q, *asked) == why


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("p ** 2", True),
        ("p ** 0", True),
        ("p ** -1", False),
        ("p ** 0.5", False),
        ("p ** p", False),
        ("p * 3", True),
        ("-p", True),
        ("relu(p)", True),
        ("p / 3", False),
        ("tanh(p)", False),
    ],
)
def test_digits_count_only_for_exact_values(text: str, exact: bool) -> None:
    of = Exercise(graph.parse({"z": text}), ("z",), (), ())
    assert of.objection({"p": 2.34567}) == (LONG if exact else "")


def test_gradient_is_exact_if_the_graph_is() -> None:
    short = graph.parse({"m": "x * w", "loss": "m ** 2"})
    assert Exercise(short, ("dloss_dw",), (), ()).objection({"x": 1.23, "w": 2.71}) == LONG
    long = graph.parse({"m": "x * w", "loss": "tanh(m)"})
    assert Exercise(long, ("dloss_dw",), (), ()).objection({"x": 1.9, "w": 0.37}) == ""


PARABOLA = graph.parse({"loss": "w ** 2"})


@pytest.mark.parametrize(
    ("rate", "epochs", "good"),
    [
        (0.15, 2, True),  # the loss falls to 0.49 of it
        (0.146, 2, False),  # to 0.501
        (0.146, 3, True),
        (0.5, 4, True),  # to 0, where it stays
        (1.0, 4, False),  # it stays as it is
        (1.01, 4, False),
        (0.001, 1, True),  # a single epoch has nothing to fall to
        (0.001, 0, True),
    ],
)
def test_losses_fall_in_every_epoch_and_to_half(rate: float, epochs: int, good: bool) -> None:
    assert Training(("w",), rate, epochs).converges(PARABOLA, {"w": 1.0}) == good
