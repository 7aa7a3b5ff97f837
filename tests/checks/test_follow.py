"""What follows rightly from an earlier slip counts; what only looks as if it did does not."""

import pytest

from autograder.checks.compare import compare
from autograder.checks.follow import recomputed, through
from autograder.graph import parse
from autograder.lab import Tolerance, expected
from autograder.sandbox.protocol import Number

GRAPH = parse(
    {"m1": "x1 * w1", "r": "relu(m1)", "m2": "r * w2", "y_hat": "sigmoid(m2)", "s": "y_hat - y", "loss": "s ** 2"},
    ("x1", "w1", "w2", "y"),
)
NODES = ("m1", "r", "m2", "y_hat", "s", "loss")
PARTIALS = ("dloss_ds", "ds_dy_hat", "dy_hat_dm2", "dm2_dw2", "dm2_dr", "dr_dm1", "dm1_dw1", "dloss_dw2", "dloss_dw1")
INPUTS = ({"x1": 1.1, "w1": 1.7, "w2": 1.6, "y": 1.5}, {"x1": 2.9, "w1": 1.2, "w2": -0.6, "y": 0.3})
TOLERANCE = Tolerance(rtol=1e-3, atol=1e-6)


def kinds(names: tuple[str, ...], *returned: dict[str, float]) -> dict[str, list[str]]:
    """The kind of each comparison after following, for each quantity over the inputs."""
    sets = []
    for inputs, values in zip(INPUTS, returned, strict=False):
        right = expected(GRAPH, names, inputs)
        sets.append((inputs, {name: compare(Number(values[name], "float"), right[name], TOLERANCE) for name in names}))
    found = through(GRAPH, sets, TOLERANCE)
    return {name: [each[name].kind for each in found] for name in names}


def with_slip(names: tuple[str, ...], quantity: str, factor: float) -> list[dict[str, float]]:
    """Right work, but for one quantity that is multiplied by a factor; the later ones are computed from it."""
    returned = []
    for inputs in INPUTS:
        own = {quantity: expected(GRAPH, names, inputs)[quantity] * factor}
        again = recomputed(GRAPH, inputs, own)
        returned.append({name: own.get(name, again[name]) for name in names})
    return returned


@pytest.mark.parametrize("quantity", NODES[:-1])
def test_values_after_a_wrong_one_follow(quantity: str) -> None:
    found = kinds(NODES, *with_slip(NODES, quantity, 1.3))
    assert "follows" not in found[quantity]
    assert "right" not in found[quantity]
    for name in NODES[: NODES.index(quantity)]:
        assert found[name] == ["right", "right"]
    for name in NODES[NODES.index(quantity) + 1 :]:
        assert found[name] == ["follows", "follows"]


@pytest.mark.parametrize("quantity", ["dloss_ds", "dy_hat_dm2", "ds_dy_hat"])
def test_gradients_follow_from_a_wrong_local_derivative(quantity: str) -> None:
    found = kinds(PARTIALS, *with_slip(PARTIALS, quantity, 0.5))
    assert "follows" not in found[quantity]
    assert found["dloss_dw1"] == found["dloss_dw2"] == ["follows", "follows"]


def test_a_second_slip_is_one() -> None:
    returned = [{**values, "loss": values["loss"] / 2} for values in with_slip(NODES, "m2", 1.3)]
    found = kinds(NODES, *returned)
    assert found["y_hat"] == ["follows", "follows"]
    assert "follows" not in found["loss"]


@pytest.mark.parametrize("constant", [0.0, 1.0, 0.5, -1.0])
@pytest.mark.parametrize("names", [NODES, PARTIALS])
def test_constants_do_not_follow_from_constants(names: tuple[str, ...], constant: float) -> None:
    everywhere = dict.fromkeys(names, constant)
    assert not any("follows" in found for found in kinds(names, everywhere, everywhere).values())
    assert not any("follows" in found for found in kinds(names, everywhere).values())


def test_the_published_answers_do_not_follow_from_each_other() -> None:
    published = expected(GRAPH, NODES, {"x1": 4, "w1": 0.5, "w2": 0.2, "y": 1})
    assert not any("follows" in found for found in kinds(NODES, published, published).values())


def partials(inputs: dict[str, float], **instead: float) -> dict[str, float]:
    """The right derivatives but for those `instead`, and their products along the two paths, computed from them."""
    values = {**expected(GRAPH, PARTIALS[:7], inputs), **instead}
    common = values["dloss_ds"] * values["ds_dy_hat"] * values["dy_hat_dm2"]
    chain = {
        "dloss_dw2": common * values["dm2_dw2"],
        "dloss_dw1": common * values["dm2_dr"] * values["dr_dm1"] * values["dm1_dw1"],
    }
    return {**values, **chain, **instead}


def gradients_follow(*returned: dict[str, float]) -> list[str]:
    found = kinds(PARTIALS, *returned)
    return [name for name in PARTIALS[7:] if "follows" in found[name]]


def test_one_fixed_number_is_a_slip_and_two_are_placeholders() -> None:
    assert gradients_follow(*(partials(each, dloss_ds=2.0) for each in INPUTS)) == ["dloss_dw2", "dloss_dw1"]
    assert gradients_follow(*(partials(each, dloss_ds=1.0, dy_hat_dm2=1.0) for each in INPUTS)) == []
    almost = (partials(each, dloss_ds=1 + 1e-7 * each["x1"], dy_hat_dm2=1.0) for each in INPUTS)
    assert gradients_follow(*almost) == []


def test_a_right_number_that_never_changes_is_no_placeholder() -> None:
    slips = (partials(each, dloss_ds=2.0, ds_dy_hat=-1.0) for each in INPUTS)
    assert gradients_follow(*slips) == ["dloss_dw2", "dloss_dw1"]


def test_a_gradient_follows_from_factors_of_which_half_are_right() -> None:
    two = (partials(each, dloss_ds=each["x1"], dy_hat_dm2=each["w1"]) for each in INPUTS)
    assert gradients_follow(*two) == ["dloss_dw2", "dloss_dw1"]
    three = (partials(each, dloss_ds=each["x1"], dy_hat_dm2=each["w1"], dm2_dw2=each["y"]) for each in INPUTS)
    assert gradients_follow(*three) == ["dloss_dw1"]
    four = (
        partials(each, dloss_ds=each["x1"], dy_hat_dm2=each["w1"], dm2_dr=each["y"], dm1_dw1=each["w2"])
        for each in INPUTS
    )
    assert gradients_follow(*four) == ["dloss_dw2"]


@pytest.mark.parametrize("huge", [1e160, 1e200, 1e308])
def test_nothing_follows_from_numbers_whose_product_overflows(huge: float) -> None:
    returned = []
    for each in INPUTS:
        large = huge * each["w1"]
        junk = {"dloss_dw2": each["x1"], "dloss_dw1": each["w1"]}
        returned.append(partials(each, dloss_ds=large, dy_hat_dm2=large, **junk))
    assert gradients_follow(*returned) == []


def test_huge_numbers_are_no_trouble() -> None:
    huge = dict.fromkeys(NODES, 1e308)
    assert set(kinds(NODES, huge, huge)) == set(NODES)
