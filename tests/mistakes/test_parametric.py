"""A mistake with a parameter is named with it, and only if two sets of inputs or more agree."""

# ruff: noqa: E501 - a table reads best with one row a line

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from autograder import rubric
from autograder.graph import parse
from autograder.mistakes.catalogue import FunctionModel, catalogue
from autograder.mistakes.diagnose import explanations
from autograder.mistakes.evidence import Sample
from autograder.mistakes.family import Family, Solved, is_power_of_ten
from autograder.mistakes.for_lab import Known, Mistakes
from autograder.mistakes.roots import parabola_roots, roots, roundest, tidy

ROOT = Path(__file__).parents[2]
LABS = {"main": ROOT, "logistic": ROOT / "labs/logistic_regression"}


@cache
def known(lab: str) -> Mistakes:
    return Mistakes(rubric.load(LABS[lab]))


def samples(lab: str, function: str, family: str, value: float) -> tuple[Known, list[Sample]]:
    """What a function with this mistake returns for all inputs that the rubric's checks use."""
    mistakes = known(lab)
    model, mutants = mistakes.in_function(function)
    work = next(each for each in model.families if each.id == family).mistake(value).apply(model.right)
    found = []
    for check in mistakes.lab.rubric.checks:
        for name in check.inputs if isinstance(check, rubric.CodeCheck) and check.function == function else ():
            at = mistakes.lab.arguments(check, name, "some program")
            if model.trains:
                rate, epochs = float(at.settings["lr"]), int(at.settings["n_epochs"])
                found.append(Sample(at.inputs, at.settings, *work.train(model.weights, at.inputs, rate, epochs)))
            else:
                found.append(Sample(at.inputs, {}, work.results(model.returns, at.inputs)))
    return (model, mutants), found


def said(known: Known, found: list[Sample]) -> list[str]:
    return [mistake.name for each in explanations(*known, found) for mistake in each]


@pytest.mark.parametrize(
    ("lab", "function", "family", "value", "name"),
    [
        ("main", "train", "factor@update", 1.83, "every update is about 1.83 times what it should be"),
        ("main", "train", "own@lr", 0.023, "the learning rate is always about 0.023, whatever is passed in"),
        ("main", "train", "momentum@update", 0.813, "the updates use a momentum of about 0.813"),
        ("main", "train", "nesterov@update", 0.64, "the updates use a Nesterov momentum of about 0.64"),
        ("main", "train", "averaged@update", 0.37, "the updates use a moving average of the gradients, with a factor of about 0.37 for the earlier ones"),
        ("main", "train", "decay@update", 0.37, "the updates also shrink the weight (weight decay of about 0.37)"),
        ("main", "train", "shrunk-after@update", 0.93, "the weight is multiplied by about 0.93 after every update"),
        ("main", "train", "clipped@update", 1.83, "the gradient is clipped to a size of about 1.83"),
        ("main", "train", "at-most@update", 0.31, "the weight is never larger than about 0.31 after an update"),
        ("main", "train", "within@update", 0.33, "the absolute value of the weight is never larger than about 0.33 after an update"),
        ("main", "train", "rounded@update", 1, "the weight is rounded to one decimal after every update"),
        ("main", "train", "rate-falls-by-factor@update", 0.83, "the learning rate is multiplied by about 0.83 after every epoch"),
        ("main", "train", "rate-falls-every-3@update", 0.37, "the learning rate is multiplied by about 0.37 after every 3 epochs"),
        ("main", "train", "rate-falls-slowly@update", 0.37, "the learning rate is divided by 1 plus about 0.37 times the number of earlier epochs"),
        ("main", "train", "rate-falls-to-zero@update", 0, "the learning rate decreases to 0 in the course of the epochs, as a cosine"),
        ("main", "train", "breaks-at-share@update", 0.37, "the loop ends when the loss has fallen to about 0.37 of the first one"),
        ("main", "train", "breaks-at-limit@update", 0.05, "the loop ends when the loss is below a limit"),
        ("main", "train", "own@n_epochs", 7, "the loop always runs 7 epochs, whatever is passed in"),
        ("main", "train", "further@n_epochs", 7, "the loop runs 7 epochs more than asked for"),
        ("main", "train", "own@w", 0.37, "w is always about 0.37, whatever is passed in"),
        ("main", "train", "rounded@y", 1, "y is rounded to a whole number"),
        ("main", "train", "opposite@w", 1, "w is used with the opposite sign"),
        ("main", "fnn_gradients", "nodes-of-w1-w2@nodes", 1, "the values of the nodes are those with w1 and w2 exchanged"),
        ("main", "train", "int@y", 1, "y is cut to a whole number"),
        ("main", "train", "int@data", 1, "x and y are cut to whole numbers"),
        ("main", "train", "scaled@losses", 1.83, "each entry is about 1.83 times the loss"),
        ("main", "train", "square-penalty@loss", 0.37, "the loss has a penalty of about 0.37 times w squared"),
        ("main", "train", "scaled@loss", 0.37, "loss is multiplied by about 0.37"),
        ("main", "train", "huber@loss", 0.37, "loss is the Huber loss of s with the limit (delta) about 0.37"),
        ("main", "train", "best@weight", 1, "the weight returned is the one with the lowest loss"),
        ("main", "train", "zero@weight", 1, "0 is returned instead of the weight"),
        ("main", "train", "opposite@weight", 1, "the weight returned has the wrong sign"),
        ("main", "train", "rounded-1@weight", 1, "the weight returned is rounded to one decimal"),
        ("main", "train", "whole@losses", 1, "the losses are cut to whole numbers"),
        ("main", "train", "rounded-1@losses", 1, "the losses are rounded to one decimal"),
        ("main", "train", "zeroed-after-every-second@update", 1, "the gradient is cleared only after every second epoch, the first one included"),
        ("main", "train", "times-step@update", 1, "the weight is multiplied by the step instead of moved by it"),
        ("main", "train", "gradient@weight", 1, "the last gradient is returned instead of the weight"),
        ("main", "train", "mean@weight", 1, "the mean of the weights after all updates is returned"),
        ("main", "train", "dloss_dw@losses", 1, "the list holds dloss_dw of each epoch instead of the loss"),
        ("main", "train", "w@losses", 1, "the list holds w of each epoch instead of the loss"),
        ("main", "train", "relu-added@y_hat", 1, "y_hat passes through a ReLU that the graph does not have"),
        ("main", "fnn_check_result", "sigmoid-added@s", 1, "s passes through a sigmoid that the graph does not have"),
        ("main", "fnn_gradients", "tanh-added@m2", 1, "m2 passes through tanh that the graph does not have"),
        ("main", "fnn_forward", "leaky@r", 0.3, "r is a leaky ReLU (slope 0.3 below 0)"),
        ("main", "fnn_forward", "stretched@y_hat", 1.83, "m2 is multiplied by about 1.83 at y_hat"),
        ("main", "fnn_forward", "base@y_hat", 2.5, "the exponential of the sigmoid at y_hat has the base 2.5 instead of e"),
        ("main", "fnn_forward", "summand@s", 0.37, "about 0.37 is added to s"),
        ("main", "fnn_forward", "rounded@y_hat", 2, "y_hat is rounded to two decimals"),
        ("main", "fnn_forward", "rounded-result@results", 1, "the results are rounded to one decimal"),
        ("main", "fnn_gradients", "scaled@dloss_ds", 1.83, "dloss_ds is about 1.83 times what it should be"),
        ("main", "fnn_gradients", "constant@dy_hat_dm2", 0.37, "dy_hat_dm2 is always about 0.37, whatever is passed in"),
        ("main", "fnn_gradients", "multiple-of-cube@dloss_ds", 0.37, "dloss_ds is about 0.37 times s cubed"),
        ("main", "fnn_check_result", "scaled@dloss_dw1", 0.37, "dloss_dw1 is about 0.37 times what it should be"),
        ("main", "fnn_check_result", "scaled@gradients", 100, "all gradients are about 100 times what they should be"),
        ("main", "fnn_check_result", "updated-weight@dloss_dw2", 0.037, "w2, after an update with a learning rate of about 0.037, is given as dloss_dw2"),
        ("main", "fnn_check_result", "y_hat-as@loss", 1, "y_hat is given as loss"),
        ("main", "fnn_check_result", "weights@gradients", 1, "w2 and w1 are given as the gradients"),
        ("main", "train", "divided-by-epochs@update", 1, "every update is divided by the number of epochs"),
        ("main", "train", "every-first@update", 5, "the weight is updated only in the epochs 0, 5, 10, … (counted from 0)"),
        ("main", "train", "every-last-summed@update", 3, "the weight is updated only in the epochs 2, 5, 8, … (counted from 0), and the gradients in between add up"),
        ("main", "train", "rate-first@update", 1, "the weight is computed as (weight - lr) times the gradient"),
        ("main", "train", "not-first@update", 1, "the weight is not updated in the first epoch"),
        ("main", "train", "cleared-every-first@update", 5, "the gradient is cleared only in the epochs 0, 5, 10, … (counted from 0)"),
        ("main", "train", "after-0@losses", 1, "the list begins with 0, and each entry is the loss of the epoch before"),
        ("main", "train", "share-of-epoch@losses", 1, "each entry is the loss divided by the number of its epoch, from 1"),
        ("main", "fnn_forward", "rounded-y_hat@s", 1, "y_hat is rounded at s, to one decimal"),
        ("main", "fnn_check_result", "and-of-y_hat@gradients", 1, "the gradients of y_hat are added to those of loss"),
        ("main", "fnn_check_result", "norm-clipped@gradients", 0.0123, "the norm of the gradients is clipped to about 0.0123"),
        ("main", "fnn_forward", "m1-as@m2", 1, "m1 is given as m2"),
        ("main", "fnn_check_result", "w1-for@w2", 1, "w2 has the value of w1"),
        ("main", "fnn_check_result", "exchanged@r,y_hat", 1, "the functions at r and y_hat are exchanged"),
        ("main", "fnn_gradients", "dloss_ds-plus-ds_dy_hat@gradients", 1, "dloss_ds and ds_dy_hat are added in all gradients instead of multiplied"),
        ("main", "train", "turned@losses", 1, "the list begins with the last loss, and the others follow"),
        ("main", "train", "short-then-0@losses", 1, "the loop runs one epoch too few, and the last entry stays 0"),
        ("main", "train", "half@losses", 1, "the loop runs only half of the epochs"),
        ("main", "train", "every-5@losses", 1, "only the loss of every 5th epoch is kept"),
        ("main", "train", "difference-of-squares-of-y_hat@loss", 1, "loss is the difference of y_hat squared and y squared"),
        ("main", "fnn_forward", "relu-before@y_hat", 1, "y_hat passes through a ReLU that the graph does not have"),
        ("main", "fnn_forward", "relu-added@m1", 1, "m1 passes through a ReLU that the graph does not have"),
        ("main", "fnn_forward", "slope@y_hat", 1, "y_hat is the derivative of the sigmoid at m2"),
        ("main", "fnn_gradients", "sign-of-m2@dr_dm1", 1, "dr_dm1 depends on the sign of m2 instead of m1"),
        ("main", "fnn_gradients", "divided-by-dy_hat_dm2@gradients", 1, "all gradients are divided by dy_hat_dm2 instead of multiplied"),
        ("main", "fnn_gradients", "without-dloss_ds@gradients", 1, "dloss_ds is left out of all gradients"),
        ("main", "fnn_gradients", "times-dm2_dw2@dloss_dw1", 1, "dloss_dw1 has an extra factor dm2_dw2"),
        ("main", "fnn_gradients", "plus-dm2_dr@dloss_dw1", 1, "dm2_dr is added in dloss_dw1 instead of multiplied"),
        ("logistic", "train", "momentum@update", 0.37, "the updates use a momentum of about 0.37"),
        ("logistic", "train", "factor-of-b@update", 1.83, "every update of b is about 1.83 times what it should be"),
        ("logistic", "train", "norm-clipped@update", 0.37, "the norm of the gradient is clipped to about 0.37"),
        ("logistic", "gradients", "scaled@dy_hat_dt", 0.37, "dy_hat_dt is about 0.37 times what it should be"),
        ("logistic", "check_result", "scaled@dloss_db", 0.1, "dloss_db is about 0.1 times what it should be"),
    ],
)  # fmt: skip
def test_a_parameter_is_found(lab: str, function: str, family: str, value: float, name: str) -> None:
    task, found = samples(lab, function, family, value)
    assert name in said(task, found)


@pytest.mark.parametrize(
    ("function", "family", "value"),
    [
        ("train", "momentum@update", 0.8),
        ("train", "factor@update", 0.3),
        ("train", "clipped@update", 1.8),
        ("fnn_forward", "summand@s", 0.37),
        ("fnn_gradients", "scaled@dloss_ds", 1.83),
        ("fnn_check_result", "scaled@dloss_dw1", 0.37),
    ],
)
class TestNothingIsClaimed:
    """Where the numbers do not prove it."""

    def test_of_one_set_of_inputs(self, function: str, family: str, value: float) -> None:
        task, found = samples("main", function, family, value)
        assert not any("about" in name for name in said(task, found[:1]))

    def test_of_numbers_nearby(self, function: str, family: str, value: float) -> None:
        task, found = samples("main", function, family, value)
        noisy = [_noisy(each, 1 + 0.02 * number) for number, each in enumerate(found)]
        assert said(task, noisy) == []

    def test_of_a_correct_function(self, function: str, family: str, value: float) -> None:
        (model, mutants), found = samples("main", function, family, value)
        right = []
        for each in found:
            if model.trains:
                rate, epochs = float(each.settings["lr"]), int(each.settings["n_epochs"])
                weights, losses = model.right.train(model.weights, each.inputs, rate, epochs)
                right.append(replace(each, values=weights, losses=losses))
            else:
                right.append(replace(each, values=model.right.results(model.returns, each.inputs)))
        assert said((model, mutants), right) == []


def _noisy(sample: Sample, factor: float) -> Sample:
    """The sample with other numbers where they are wrong, later ones more."""
    values = {name: value * factor**number for number, (name, value) in enumerate(sample.values.items(), 1)}
    losses = None if sample.losses is None else [loss * factor**number for number, loss in enumerate(sample.losses)]
    return replace(sample, values=values, losses=losses)


@pytest.mark.parametrize("family", ["momentum@update", "decay@update", "factor@update", "scaled@losses"])
def test_a_parameter_that_changes_nothing_is_none(family: str) -> None:
    model, _ = known("main").in_function("train")
    made = next(each for each in model.families if each.id == family)
    assert not any(made.allows(value) for value in made.none)
    assert made.allows(0.83)


def test_a_number_is_not_named_if_any_other_would_do() -> None:
    """A sigmoid far from 0 is 0, whatever is subtracted from its operand."""
    graph = parse({"m2": "r * w2", "y_hat": "sigmoid(m2)"})
    model = FunctionModel(graph, ("y_hat",), {"r": 1, "w2": 1}, {})
    off = [Sample({"r": number, "w2": 1.0}, {}, {"y_hat": 0.0}) for number in (0.5, 1.5, 2.5)]
    assert said((model, catalogue(model)), off) == ["y_hat is always 0"]


def test_an_exact_mistake_comes_first() -> None:
    assert said(*samples("main", "train", "factor@update", 0.5)) == ["every update is half as large as it should be"]
    assert said(*samples("main", "train", "momentum@update", 0.9)) == ["the updates use a momentum of 0.9"]


Loop = Callable[[float, Callable[[float], float], float, int], Iterator[tuple[float, float]]]


def _heavy_ball(w: float, slope: Callable[[float], float], rate: float, epochs: int) -> Iterator[tuple[float, float]]:
    velocity = 0.0
    for _ in range(epochs):
        before, velocity = w, 0.73 * velocity - rate * slope(w)
        w += velocity
        yield before, w


def _limited(w: float, slope: Callable[[float], float], rate: float, epochs: int) -> Iterator[tuple[float, float]]:
    for _ in range(epochs):
        before, w = w, w - rate * min(max(slope(w), -2.7), 2.7)
        yield before, w


def _halving(w: float, slope: Callable[[float], float], rate: float, epochs: int) -> Iterator[tuple[float, float]]:
    for epoch in range(epochs):
        before, w = w, w - rate * 0.6 ** (epoch // 2) * slope(w)
        yield before, w


@pytest.mark.parametrize(
    ("loop", "name"),
    [
        (_heavy_ball, "the updates use a momentum of about 0.73"),
        (_limited, "the gradient is clipped to a size of about 2.7"),
        (_halving, "the learning rate is multiplied by about 0.6 after every 2 epochs"),
    ],
)
def test_a_loop_written_elsewhere_is_named(loop: Loop, name: str) -> None:
    """These loops share no code with the tables."""
    task, found = samples("main", "train", "momentum@update", 0.8)
    written = []
    for each in found:
        x, y = each.inputs["x"], each.inputs["y"]
        steps = list(
            loop(
                each.inputs["w"],
                lambda w, x=x, y=y: 2 * x * (w * x - y),
                each.settings["lr"],
                int(each.settings["n_epochs"]),
            )
        )
        losses = [(w * x - y) ** 2 for w, _ in steps]
        written.append(replace(each, values={"w": steps[-1][1]}, losses=losses))
    assert said(task, written) == [name]


@pytest.mark.parametrize(("value", "tens"), [(10, True), (0.01, True), (1, False), (-10, False), (20, False)])
def test_a_slipped_decimal_point_is_a_power_of_ten(value: float, tens: bool) -> None:
    assert is_power_of_ten(value) == tens
    made = next(
        each for each in known("main").in_function("fnn_check_result")[0].families if each.id == "scaled@dloss_dw1"
    )
    assert ("decimal point" in made.mistake(value).hint) == tens


@pytest.mark.parametrize(
    ("value", "near"), [(0.80001, 0.8), (0.8123, 0.8123), (0.8501, 0.85), (1e-9, 0.0), (-2.999, -3.0), (99.9, 100.0)]
)
def test_a_number_with_few_digits_is_probably_meant(value: float, near: float) -> None:
    assert tidy(value) == near


@pytest.mark.parametrize(
    ("low", "high", "number"),
    [(0.0043, 0.02, 0.01), (0.31, 0.62, 0.5), (0.21, 0.29, 0.25), (0.8, 1.7, 1.0), (33.0, 39.0, 36.0)],
)
def test_a_limit_between_two_numbers_is_a_round_one(low: float, high: float, number: float) -> None:
    assert roundest(low, high) == number


def test_roots_are_found() -> None:
    points = [-4.0, -1.0, 0.0, 1.0, 4.0]
    assert list(roots(lambda x: x * x - 2, points)) == pytest.approx([-math.sqrt(2), math.sqrt(2)])
    assert list(roots(lambda x: (x - 2) * (x - 2.5), points)) == pytest.approx([2, 2.5])  # between two points
    assert list(roots(lambda x: math.nan, points)) == []
    assert sorted(parabola_roots((0.0, 6.0), (1.0, 2.0), (4.0, 2.0))) == pytest.approx([2, 3])
    assert parabola_roots((0.0, 1.0), (1.0, 2.0), (-1.0, 2.0)) == []
    assert parabola_roots((0.0, -1.0), (1.0, 1.0), (2.0, 3.0)) == pytest.approx([0.5])


def test_no_parameter_is_looked_for_if_all_results_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stub that returns 1.0: to try all parameters in vain took most of a second of the judge's time."""
    (model, mutants), found = samples("main", "train", "factor@update", 1.83)
    stub = [replace(each, values={"w": 1.0}, losses=None) for each in found]
    asked: list[Family] = []

    def no_solutions(family: Family, *_: object) -> tuple[float, ...]:
        asked.extend([family] if isinstance(family.find, Solved) else [])
        return ()

    monkeypatch.setattr("autograder.mistakes.solve._solutions", no_solutions)
    assert explanations(model, mutants, stub) == []
    assert asked == []
    assert explanations(model, mutants, found) == []
    assert asked != []
