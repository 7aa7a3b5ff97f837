"""Mistakes that are seen rarely are named by programs that make them, and none is claimed that the numbers do not prove."""

# ruff: noqa: E501 - a table reads best with one row a line

import math
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

import pytest

from autograder import rubric
from autograder.mistakes.diagnose import explanations, only_wrong_place, random_start
from autograder.mistakes.evidence import Sample
from autograder.mistakes.for_lab import Known, Mistakes
from autograder.mistakes.optimizers import OPTIMIZERS
from autograder.mistakes.precedence import shown

ROOT = Path(__file__).parents[2]
At = Mapping[str, float]
Results = dict[str, float]


@cache
def known() -> Mistakes:
    return Mistakes(rubric.load(ROOT))


def calls(function: str) -> list[rubric.CallArguments]:
    lab = known().lab
    checks = [each for each in lab.rubric.checks if isinstance(each, rubric.CodeCheck) and each.function == function]
    return [lab.arguments(check, name, "some program") for check in checks for name in check.inputs]


def said(function: str, returned: Callable[[At], Results]) -> list[str]:
    """What is said about a function of task 2 that returns these results."""
    samples = [Sample(each.inputs, {}, returned(each.inputs)) for each in calls(function)]
    return [mistake.name for each in explanations(*known().in_function(function), samples) for mistake in each]


def trained(loop: Callable[..., tuple[float, list[float]]]) -> tuple[Known, list[Sample]]:
    found = []
    for each in calls("train"):
        weight, losses = loop(**each.inputs, rate=float(each.settings["lr"]), epochs=int(each.settings["n_epochs"]))
        found.append(Sample(each.inputs, each.settings, {"w": weight}, losses))
    return known().in_function("train"), found


def sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def forward(at: At, **changes: Callable[..., float]) -> Results:
    """The forward pass of task 2. changes: nodes computed otherwise, from all values so far."""
    v = dict(at)
    for name, right in (
        ("m1", lambda v: v["x1"] * v["w1"]),
        ("r", lambda v: max(v["m1"], 0.0)),
        ("m2", lambda v: v["r"] * v["w2"]),
        ("y_hat", lambda v: sigmoid(v["m2"])),
        ("s", lambda v: v["y_hat"] - v["y"]),
        ("loss", lambda v: v["s"] ** 2),
    ):
        v[name] = changes.get(name, right)(v)
    return {name: v[name] for name in ("m1", "r", "m2", "y_hat", "s", "loss")}


@pytest.mark.parametrize(
    ("node", "computed", "name"),
    [
        ("loss", lambda v: v["s"] * v["y_hat"] - v["y"], "loss is computed as s * y_hat - y"),
        ("y_hat", lambda v: sigmoid(v["r"]) * v["w2"], "y_hat is computed as sigmoid(r) * w2"),
        ("loss", lambda v: (v["y_hat"] - v["y"] ** 2) ** 2, "loss is computed as (y_hat - y ** 2) ** 2"),
        ("m2", lambda v: v["r"] * v["w2"] + v["w1"], "w1 is added to m2"),
        ("m2", lambda v: v["r"] * math.tanh(v["w2"]), "w2 passes through tanh at m2 that the graph does not have"),
        ("s", lambda v: v["y_hat"] - v["y"] * v["y_hat"], "y has an extra factor y_hat at s"),
        ("loss", lambda v: v["s"] ** 2 + 0.03 * (v["w1"] ** 2 + v["w2"] ** 2), "about 0.03 times the sum of the squares of w1 and w2 is added to loss"),
        ("r", lambda v: v["m1"] if v["m1"] > 0 else 1.0, "r is 1 where m1 is negative"),
        ("r", lambda v: v["m1"] if v["m1"] > 0 else -0.5 * v["m1"], "r is -0.5 times m1 where m1 is negative"),
        ("r", lambda v: v["x1"] if v["m1"] > 0 else 0.0, "r is x1 instead of m1 where m1 is positive"),
        ("y_hat", lambda v: math.exp(v["m2"]) / (1 + math.exp(-v["m2"])), "y_hat is computed as exp(m2) / (1 + exp(-m2))"),
        ("loss", lambda v: 2 ** v["s"], "loss is 2 ** s: base and exponent are exchanged"),
        ("y_hat", lambda v: 0.37, "y_hat is always about 0.37, whatever is passed in"),
    ],
)  # fmt: skip
def test_a_wrong_node_is_named(node: str, computed: Callable[..., float], name: str) -> None:
    assert said("fnn_forward", lambda at: forward(at, **{node: computed})) == [name]


def locals_of(v: Results | dict[str, float]) -> Results:
    """The local derivatives of task 2 from all values."""
    return {
        "dloss_ds": 2 * v["s"],
        "ds_dy_hat": 1.0,
        "dy_hat_dm2": v["y_hat"] * (1 - v["y_hat"]),
        "dm2_dw2": v["r"],
        "dm2_dr": v["w2"],
        "dr_dm1": float(v["m1"] > 0),
        "dm1_dw1": v["x1"],
    }


def gradients(
    at: At,
    combine: Callable[..., float] = lambda *factors: math.prod(factors),
    exchanged: tuple[str, str] | None = None,
    **changes: Callable[[Results], float],
) -> Results:
    """The backward pass of task 2, with a helper that combines factors. exchanged: two values that are unpacked so."""
    v = {**at, **forward(at)}
    if exchanged:
        v = {**v, exchanged[0]: v[exchanged[1]], exchanged[1]: v[exchanged[0]]}
    d = locals_of(v) | {name: change(v) for name, change in changes.items()}
    shared = combine(d["dloss_ds"], d["ds_dy_hat"], d["dy_hat_dm2"])
    w2, w1 = combine(shared, d["dm2_dw2"]), combine(shared, d["dm2_dr"], d["dr_dm1"], d["dm1_dw1"])
    return {**d, "dloss_dw2": w2, "dloss_dw1": w1}


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        (partial(gradients, combine=lambda *factors: 1 + sum(factors)), "the local derivatives in all gradients are added to 1 instead of multiplied, first those that all gradients share, then their result with the others"),
        (partial(gradients, exchanged=("y_hat", "s")), "the derivatives are computed with y_hat and s exchanged"),
        (partial(gradients, dr_dm1=lambda v: int(v["m1"])), "dr_dm1 is m1 cut to a whole number"),
        (partial(gradients, dloss_ds=lambda v: 2 * v["y"]), "dloss_ds is the derivative at y instead of at s"),
        (partial(gradients, dloss_ds=lambda v: 2 * v["y_hat"] - v["y"]), "dloss_ds is too large by y"),
        (partial(gradients, dy_hat_dm2=lambda v: v["y_hat"] - 1), "dy_hat_dm2 is y_hat - 1"),
        (partial(gradients, dy_hat_dm2=lambda v: v["y_hat"] * (1 - v["y_hat"]) ** 2), "dy_hat_dm2 is y_hat times (1 - y_hat) squared"),
        (partial(gradients, ds_dy_hat=lambda v: v["y"]), "ds_dy_hat is y"),
    ],
)  # fmt: skip
def test_a_wrong_derivative_is_named(changed: Callable[[At], Results], name: str) -> None:
    assert said("fnn_gradients", changed) == [name]


@pytest.mark.parametrize(
    ("quotient", "name"),
    [
        (lambda f, a: (f(a + 0.1) - f(a)) / 0.1, "dloss_dw1 is a difference quotient with a step of about 0.1"),
        (lambda f, a: (f(a) - f(a - 0.3)) / 0.3, "dloss_dw1 is a difference quotient with a step of about -0.3"),
        (lambda f, a: f(a + 0.1) - f(a), "dloss_dw1 is a difference that is not divided by its step, about 0.1"),
    ],
)
def test_a_difference_quotient_is_named_with_its_step(quotient: Callable[..., float], name: str) -> None:
    def wrong(at: At) -> Results:
        return {**gradients(at), "dloss_dw1": quotient(lambda w: forward({**at, "w1": w})["loss"], at["w1"])}

    assert said("fnn_gradients", wrong) == [name]


def plain(
    x: float,
    y: float,
    w: float,
    rate: float,
    epochs: int,
    step: Callable[..., float] = lambda w, slope, rate, number: w - rate * slope,
    give: Callable[[list[float]], list[float]] = list,
    start: float | None = None,
) -> tuple[float, list[float]]:
    w, losses = w if start is None else start, []
    for number in range(epochs):
        losses.append((x * w - y) ** 2)
        w = step(w, 2 * x * (x * w - y), rate, number)
    return w, give(losses)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"step": lambda w, g, rate, n: w - rate * g * (n < 3)}, "the weight is updated only in the first 3 epochs"),
        ({"step": lambda w, g, rate, n: rate * (w - g)}, "the learning rate multiplies the weight as well as the gradient"),
        ({"step": lambda w, g, rate, n: max(w, 0.0) - rate * g}, "the step starts from 0 where the weight is negative"),
        ({"step": lambda w, g, rate, n: w - rate * (g + 0.7)}, "about 0.7 is added to the gradient"),
        ({"give": lambda losses: [sum(losses) / len(losses)]}, "only the mean of all losses is returned, not one loss for each epoch"),
        ({"give": lambda losses: [min(losses)] * len(losses)}, "every entry is the smallest loss"),
        ({"give": lambda losses: [0.0, *losses[1:]]}, "the first entry is 0 instead of the first loss"),
    ],
)  # fmt: skip
def test_a_wrong_loop_is_named(changes: Mapping[str, Callable[..., float]], name: str) -> None:
    (model, mutants), samples = trained(partial(plain, **changes))  # type: ignore[arg-type]
    assert [mistake.name for each in explanations(model, mutants, samples) for mistake in each] == [name]


def test_a_bias_that_is_trained_too_is_named() -> None:
    def with_bias(x: float, y: float, w: float, rate: float, epochs: int) -> tuple[float, list[float]]:
        bias, losses = 0.0, []
        for _ in range(epochs):
            error = x * w + bias - y
            losses.append(error**2)
            w, bias = w - rate * 2 * error * x, bias - rate * 2 * error
        return w, losses

    (model, mutants), samples = trained(with_bias)
    (found,) = explanations(model, mutants, samples)
    assert found[0].name == "a bias at y_hat is trained, too, that the graph does not have"


def test_a_weight_that_starts_anywhere_is_named_only_if_asked_for() -> None:
    """It is asked for where the same call gives something else, else it could be any function of the inputs."""
    starts = iter((0.31, -0.62, 0.93, 0.14, 0.75, 0.46))

    def random(**at: float) -> tuple[float, list[float]]:
        return plain(**at, start=next(starts))  # type: ignore[arg-type]

    (model, mutants), samples = trained(random)
    assert explanations(model, mutants, samples) == []
    ((found,),) = random_start(model, samples)
    assert found.id == "other-in-each-call@w"


def test_a_step_before_the_values_are_returned_is_named() -> None:
    def wrong(at: At) -> Results:
        before = gradients(at)
        w1, w2 = (at[name] - 0.1 * before[f"dloss_d{name}"] for name in ("w1", "w2"))
        after = forward({**at, "w1": w1, "w2": w2})
        return {"loss": after["loss"], "dloss_dw2": before["dloss_dw2"], "dloss_dw1": before["dloss_dw1"]}

    (name,) = said("fnn_check_result", wrong)
    assert name.startswith("the values are those after an update of w2 and w1")


def test_only_the_place_is_said_where_nothing_is_known() -> None:
    model, mutants = known().in_function("fnn_forward")
    at = [each.inputs for each in calls("fnn_forward")]
    samples = [Sample(each, {}, forward(each, m2=lambda v: v["r"] + math.sin(3 * v["w2"]))) for each in at]
    assert explanations(model, mutants, samples) == []
    ((found,),) = only_wrong_place(model, samples)
    assert found.name == "m2 is not r * w2, and all that is wrong after it follows from it"
    two = [replace_loss(sample) for sample in samples]  # the loss does not follow from m2
    assert only_wrong_place(model, two) == []
    right = [Sample(each, {}, forward(each)) for each in at]
    assert only_wrong_place(model, right) == []


def replace_loss(sample: Sample) -> Sample:
    return Sample(sample.inputs, {}, {**sample.values, "loss": sample.values["loss"] + 0.1})


def test_a_formula_is_shown_as_a_student_writes_it() -> None:
    assert shown(("-", ("*", "s", "p"), "y")) == "s * p - y"
    assert shown(("-", "a", ("-", "b", "c"))) == "a - (b - c)"
    assert shown(("*", "x", ("-", "w", "y"))) == "x * (w - y)"
    assert shown(("**", ("sigmoid", "a"), 2.0)) == "sigmoid(a) ** 2"


@pytest.mark.parametrize("name", [name for name, _ in OPTIMIZERS])
def test_an_optimizer_is_torchs(name: str) -> None:
    import torch

    def loop(x: float, y: float, w: float, rate: float, epochs: int) -> tuple[float, list[float]]:
        weight = torch.tensor(w, requires_grad=True)
        optimizer, losses = getattr(torch.optim, name)([weight], lr=rate), []
        for _ in range(epochs):
            optimizer.zero_grad()
            loss = (x * weight - y) ** 2
            losses.append(loss.item())
            loss.backward()
            optimizer.step()
        return weight.item(), losses

    (model, mutants), samples = trained(loop)
    assert [mistake.name for each in explanations(model, mutants, samples) for mistake in each] == [
        f"the updates are those of {name}"
    ]


def test_an_empty_list_has_to_be_explained_too() -> None:
    """Else what explains the weights alone would be said to explain everything."""
    (model, mutants), samples = trained(plain)
    first, *others = samples
    empty = [Sample(each.inputs, each.settings, {"w": each.inputs["w"]}, []) for each in others]
    assert explanations(model, mutants, [first, *empty]) == []
