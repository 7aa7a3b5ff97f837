"""What follows rightly from an earlier slip counts; what only looks as if it did does not."""

from collections.abc import Mapping

import pytest

from autograder.checks.compare import compare
from autograder.checks.follow_through import path, recomputed, through
from autograder.graph import parse
from autograder.outcome import Finding, State
from autograder.rubric import Tolerance, expected
from autograder.sandbox.host.protocol import Number

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


def test_a_zero_follows_from_a_value_of_ones_own() -> None:
    found = kinds(PARTIALS, *(partials(inputs, dy_hat_dm2=0.0) for inputs in INPUTS))
    assert found["dloss_dw1"] == found["dloss_dw2"] == ["follows", "follows"]
    assert "follows" not in found["dy_hat_dm2"]
    same = {"m1": 3.4, "r": 3.4, "m2": 2.0}  # y_hat rounded: s and the loss are 0 where y is 1
    at = {"x1": 2.0, "w1": 1.7, "w2": 2.0 / 3.4, "y": 1.0}
    right = expected(GRAPH, NODES, at)
    rounded = {**same, "y_hat": 1.0, "s": 0.0, "loss": 0.0}
    compared = {name: compare(Number(rounded[name], "float"), right[name], TOLERANCE) for name in NODES}
    kind = {name: each.kind for name, each in through(GRAPH, [(at, compared)], TOLERANCE)[0].items()}
    assert (kind["s"], kind["loss"]) == ("follows", "follows")
    assert kind["y_hat"] != "follows"


def test_a_zero_for_what_is_unknown_does_not_follow() -> None:
    placeholders = (partials(inputs, dloss_dw1=0.0, dloss_dw2=0.0) for inputs in INPUTS)
    assert gradients_follow(*placeholders) == []
    unknown = (partials(inputs, dloss_ds=0.0, dy_hat_dm2=0.0) for inputs in INPUTS)
    assert gradients_follow(*unknown) == []


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


def test_the_path_goes_forward_and_then_back_from_the_loss() -> None:
    shuffled = ("dloss_dw1", "loss", "dm1_dw1", "dloss_dw2", "dr_dm1", "m2", "dm2_dw2", "dloss_ds", "m1", "dloss_dm2")
    findings = [Finding(name, "wrong" if name == "m2" else "right") for name in shuffled]
    assert [name for name, _ in path(GRAPH, findings)] == [
        *("m1", "m2", "loss"),
        *("dloss_ds", "dm2_dw2", "dr_dm1", "dm1_dw1"),
        *("dloss_dm2", "dloss_dw2", "dloss_dw1"),
    ]
    assert dict(path(GRAPH, findings))["m2"] == "wrong"


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (("right", "wrong", "right"), True),
        (("right", "right", "follows"), True),
        (("right", "right", "right"), False),
        (("wrong", "wrong", "wrong"), False),
        (("right", "wrong"), False),  # two are seen at a glance
    ],
)
def test_a_path_is_drawn_where_it_tells_something(states: tuple[State, ...], told: bool) -> None:
    found = path(GRAPH, [Finding(name, state) for name, state in zip(NODES, states, strict=False)])
    assert found == (tuple(zip(NODES, states, strict=False)) if told else ())


def test_values_are_computed_again_from_the_students_own() -> None:
    again = recomputed(GRAPH, INPUTS[0], {"m2": 0.0, "dloss_ds": 5.0, "dm2_dr": 2.0})
    assert again["m1"] == pytest.approx(1.87)
    assert again["m2"] == pytest.approx(2.992)  # what it should have been, from what stands before
    assert (again["y_hat"], again["s"], again["loss"]) == (0.5, -1.0, 1.0)
    assert again["dloss_ds"] == -2.0
    assert again["dy_hat_dm2"] == 0.25
    assert again["dm2_dr"] == 1.6
    assert again["dloss_dw2"] == pytest.approx(5 * 0.25 * 1.87)
    assert again["dloss_dw1"] == pytest.approx(5 * 0.25 * 2.0 * 1.1)


def test_half_of_the_quantities_may_be_wrong_by_themselves() -> None:
    def wrong(*names: str) -> dict[str, list[str]]:
        returned = []
        for inputs, values in zip(INPUTS, with_slip(NODES, "y_hat", 1.3), strict=True):
            odd = {name: 7 + 3 * inputs["x1"] + number for number, name in enumerate(names)}
            returned.append({**values, **odd})
        return kinds(NODES, *returned)

    assert wrong("m1", "m2")["s"] == ["follows", "follows"]
    assert wrong("m1", "r", "m2")["s"] == ["value", "value"]


def test_one_wrong_set_of_inputs_is_enough_to_count() -> None:
    first = with_slip(NODES, "y_hat", 1.3)[0]
    right = expected(GRAPH, NODES, INPUTS[1])
    found = kinds(NODES, first, {name: right[name] for name in NODES})
    assert found["y_hat"][1] == "right"
    assert found["s"] == ["follows", "right"]
    assert found["loss"] == ["follows", "right"]
    assert kinds(NODES, first)["s"] == ["follows"]  # a single set of inputs


def test_nothing_follows_from_nothing() -> None:
    assert through(GRAPH, [], TOLERANCE) == []
    nan = {**with_slip(NODES, "y_hat", 1.3)[0], "m1": float("nan")}
    assert kinds(NODES, nan)["s"] == ["follows"]
    assert kinds(NODES, nan)["m1"] == ["not finite"]


def test_a_zero_is_never_what_follows() -> None:
    """A ReLU that is off makes a 0 of whatever comes after it; that is no work of the student's."""
    inputs = {"x1": 2.9, "w1": -0.8, "w2": -2.3, "y": 1.4}
    right = expected(GRAPH, NODES, inputs)
    slipped = {**right, "m1": 2.0, "r": -1.0, "m2": 0.0, "y_hat": 0.5, "s": -0.9, "loss": 0.0}
    compared = {name: compare(Number(slipped[name], "float"), right[name], TOLERANCE) for name in NODES}
    assert through(GRAPH, [(inputs, compared)], TOLERANCE)[0]["loss"].kind == "zero"


def turned(inputs: Mapping[str, float]) -> dict[str, float]:
    """The nodes of a forward pass with the wrong sign in m1, so that the ReLU is off for all inputs."""
    own = {"m1": -inputs["x1"] * inputs["w1"]}
    return {**{name: recomputed(GRAPH, inputs, own)[name] for name in NODES}, **own}


def test_zeros_that_follow_and_what_is_computed_from_them_are_right() -> None:
    """r is 0 as it should be for a negative m1, and σ(0) is the same number for all inputs."""
    found = kinds(NODES, *map(turned, INPUTS))
    assert found["m1"] == ["sign", "sign"]
    assert [found[name] for name in NODES[1:]] == [["follows", "follows"]] * 5


def test_derivatives_at_zeros_of_another_function_follow() -> None:
    sets = []
    for inputs in INPUTS:
        own, right = recomputed(GRAPH, inputs, turned(inputs)), expected(GRAPH, PARTIALS, inputs)
        sets.append((inputs, {name: compare(Number(own[name], "float"), right[name], TOLERANCE) for name in PARTIALS}))
    found = through(GRAPH, sets, TOLERANCE, [*map(turned, INPUTS)])
    assert not any(each.wrong for compared in found for each in compared.values())


def test_zeros_that_follow_from_nothing_do_not_make_the_rest_right() -> None:
    invented = [{**turned(inputs), "m1": inputs["x1"] * inputs["w1"]} for inputs in INPUTS]
    assert "follows" not in kinds(NODES, *invented)["r"]
    assert "follows" not in kinds(NODES, *invented)["y_hat"]


def elsewhere(inputs: Mapping[str, float]) -> dict[str, float]:
    """The nodes of a forward pass in which r is wrong, and the rest follows."""
    own = {"r": 1.3 * expected(GRAPH, ["r"], inputs)["r"]}
    return {**{name: recomputed(GRAPH, inputs, own)[name] for name in NODES}, **own}


def test_derivatives_follow_from_nodes_of_another_function() -> None:
    names = ("dy_hat_dm2", "dloss_ds", "ds_dy_hat", "dm2_dw2")
    sets = []
    for inputs in INPUTS:
        right = expected(GRAPH, names, inputs)
        own = {**right, "dm2_dw2": 1.3 * right["dm2_dw2"]}
        sets.append((inputs, {name: compare(Number(own[name], "float"), right[name], TOLERANCE) for name in names}))

    assert [each["dm2_dw2"].kind for each in through(GRAPH, sets, TOLERANCE)] == ["value", "value"]
    followed = through(GRAPH, sets, TOLERANCE, [*map(elsewhere, INPUTS)])
    assert [each["dm2_dw2"].kind for each in followed] == ["follows", "follows"]
    assert [each["dloss_ds"].kind for each in followed] == ["right", "right"]


def test_nodes_of_another_function_do_not_count_beside_own_ones() -> None:
    names = ("s", "loss", "dm2_dw2", "dloss_ds", "ds_dy_hat")
    sets = []
    for inputs in INPUTS:
        right = expected(GRAPH, names, inputs)
        own = {**right, "dm2_dw2": 1.3 * right["dm2_dw2"]}
        sets.append((inputs, {name: compare(Number(own[name], "float"), right[name], TOLERANCE) for name in names}))
    without_s = [(inputs, {name: each for name, each in found.items() if name != "s"}) for inputs, found in sets]

    assert [each["dm2_dw2"].kind for each in through(GRAPH, sets, TOLERANCE, [*map(elsewhere, INPUTS)])] == [
        "value",
        "value",
    ]
    nodes = [*map(elsewhere, INPUTS)]  # the output alone tells nothing of the other nodes
    assert [each["dm2_dw2"].kind for each in through(GRAPH, without_s, TOLERANCE, nodes)] == ["follows", "follows"]


@pytest.mark.parametrize(
    "invented",
    [
        {"m1": 3.0, "r": 2.0, "m2": 7.0, "y_hat": 0.5, "s": 4.0},  # the same for all inputs
        {"y_hat": 0.5},  # one alone, beside right ones
        {"m1": "x1", "r": "y", "m2": "w1", "y_hat": "x1", "s": "w1"},
    ],
)
def test_nothing_follows_from_nodes_that_are_invented(invented: dict[str, float | str]) -> None:
    """Each derivative is worked out from these nodes, which is easier than from the right ones."""
    sets = []

    def nodes(inputs: Mapping[str, float]) -> dict[str, float]:
        own = {name: inputs[value] if isinstance(value, str) else value for name, value in invented.items()}
        return {**{name: recomputed(GRAPH, inputs, own)[name] for name in NODES}, **own}

    for inputs in INPUTS:
        own = recomputed(GRAPH, inputs, nodes(inputs))
        right = expected(GRAPH, PARTIALS, inputs)
        sets.append((inputs, {name: compare(Number(own[name], "float"), right[name], TOLERANCE) for name in PARTIALS}))
    kinds_with = [
        {name: each.kind for name, each in found.items()}
        for found in through(GRAPH, sets, TOLERANCE, [*map(nodes, INPUTS)])
    ]
    assert kinds_with == [
        {name: each.kind for name, each in found.items()} for found in through(GRAPH, sets, TOLERANCE)
    ]
