"""Every mistake is recognised by the numbers that it makes, and a right result is never said to have one."""

import math
from dataclasses import replace

import pytest

from autograder import rubric
from autograder.graph import parse
from autograder.mistakes import in_time
from autograder.mistakes.catalogue import FunctionModel, catalogue, distinct
from autograder.mistakes.diagnose import explanations, is_only_pair
from autograder.mistakes.evidence import Closeness, Sample, starts_correctly
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import BEFORE_LAST, FIRST, IMPOSSIBLE, LAST, Procedure

FUNCTIONS = ("check_result", "train", "fnn_forward", "fnn_gradients", "fnn_check_result")


def samples(real_lab: rubric.Lab, function: str, model: FunctionModel, procedure: Procedure) -> list[Sample]:
    """What a function with this procedure returns for all inputs that the rubric's checks use."""
    found = []
    for check in real_lab.rubric.checks:
        for inputs in check.inputs if isinstance(check, rubric.CodeCheck) and check.function == function else ():
            given = real_lab.arguments(check, inputs, "some program")
            if model.trains:
                rate, epochs = given.settings["lr"], given.settings["n_epochs"]
                weights, losses = procedure.train(model.weights, given.inputs, float(rate), int(epochs))
                found.append(Sample(given.inputs, given.settings, weights, losses))
            else:
                found.append(Sample(given.inputs, {}, procedure.results(model.returns, given.inputs)))
    return found


def named(real_lab: rubric.Lab, function: str, *mistakes: str) -> list[tuple[str, ...]]:
    """What is recognised where a function has these mistakes."""
    model, known = Mistakes(real_lab).in_function(function)
    procedure = model.right
    for id in mistakes:
        procedure = next(made.mistake for made in known if made.mistake.id == id).apply(procedure)
    found = explanations(model, known, samples(real_lab, function, model, procedure))
    return [tuple(mistake.id for mistake in each) for each in found]


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(name, marks=[] if name == "fnn_gradients" else pytest.mark.slow("functions diagnosed"))
        for name in FUNCTIONS
    ],
)
def test_at_least_95_of_100_mistakes_are_named_first(real_lab: rubric.Lab, function: str) -> None:
    model, known = Mistakes(real_lab).in_function(function)
    each = distinct(model, known)
    first = []
    for made in each:
        found = explanations(model, known, samples(real_lab, function, model, made.procedure))
        first.append(bool(found) and found[0] == (made.mistake,))
    assert sum(first) >= 0.95 * len(each)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_found_where_nothing_is_wrong(real_lab: rubric.Lab, function: str) -> None:
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
def test_a_mistake_of_one_line_is_named_alone(real_lab: rubric.Lab, function: str, mistake: str) -> None:
    assert named(real_lab, function, mistake) == [(mistake,)]


def test_missing_link_of_the_chain_is_named(real_lab: rubric.Lab) -> None:
    assert named(real_lab, "train", "without-dy_hat_dw@dloss_dw") == [("without-dy_hat_dw@dloss_dw",)]


def test_rounding_to_float32_is_no_mistake(real_lab: rubric.Lab) -> None:
    model, known = Mistakes(real_lab).in_function("fnn_gradients")
    right = samples(real_lab, "fnn_gradients", model, model.right)
    rounded = [Sample(s.inputs, {}, {name: value * (1 + 1e-6) for name, value in s.values.items()}) for s in right]
    assert explanations(model, known, rounded) == []


@pytest.mark.parametrize(
    ("function", "mistakes"),
    [
        ("fnn_gradients", ("factor@dloss_ds", "without-dr_dm1@dloss_dw1")),
        ("fnn_forward", ("left-out@r", "halved@loss")),
        ("train", ("half@slope", "never-zeroed@update")),
        ("fnn_check_result", ("left-out@r", "twice@gradients")),
    ],
)
def test_two_mistakes_at_once_are_recognised(real_lab: rubric.Lab, function: str, mistakes: tuple[str, str]) -> None:
    assert [set(each) for each in named(real_lab, function, *mistakes)] == [set(mistakes)]


@pytest.mark.parametrize(
    ("function", "mistakes", "only"),
    [
        ("fnn_gradients", ("sign@dloss_ds", "without-dm2_dr@dloss_dw1"), True),
        ("fnn_gradients", ("one@dm2_dr", "from-r@dloss_dw1"), False),  # if dm2_dr is 1, from-m2 is the same
        ("fnn_gradients", ("sign@dloss_ds", "zero@ds_dy_hat"), False),  # what is multiplied by 0 may be anything
        ("fnn_forward", ("added@m1", "step@r"), True),
        ("train", ("half@slope", "short@epochs"), True),
    ],
)
def test_whether_two_mistakes_can_be_told_apart(
    real_lab: rubric.Lab, function: str, mistakes: tuple[str, str], only: bool
) -> None:
    model, catalogue = Mistakes(real_lab).in_function(function)
    by_id = {each.mistake.id: each.mistake for each in catalogue}
    assert is_only_pair(model, catalogue, [by_id[id] for id in mistakes]) == only


def test_no_pair_is_claimed_where_many_others_fit(real_lab: rubric.Lab) -> None:
    """Two gradients, both wrong: five pairs give these numbers, and the first ones tried are only two of them."""
    model, known = Mistakes(real_lab).on_paper("task2")
    values = model.right.results(model.returns, model.published)
    wrong = {**values, "dloss_dw2": values["dloss_dw2"] / 2, "dloss_dw1": values["dloss_dw1"] / 8}
    assert explanations(model, known, [Sample(model.published, {}, wrong)]) == []
    one = {**values, "dloss_dw2": values["dloss_dw2"] / 2, "dloss_dw1": values["dloss_dw1"] / 2}
    assert len(explanations(model, known, [Sample(model.published, {}, one)])[0]) == 1


def test_numbers_without_a_pattern_are_not_recognised(real_lab: rubric.Lab) -> None:
    model, known = Mistakes(real_lab).in_function("fnn_forward")
    right = samples(real_lab, "fnn_forward", model, model.right)
    odd = [
        Sample(s.inputs, {}, {name: value + 0.37 * n for name, value in s.values.items()}) for n, s in enumerate(right)
    ]
    assert explanations(model, known, odd) == []


def test_what_is_missing_or_no_number_is_left_out_of_account(real_lab: rubric.Lab) -> None:
    model, known = Mistakes(real_lab).in_function("train")
    made = next(made for made in known if made.mistake.id == "never-zeroed@update")
    only = [Sample(s.inputs, s.settings, {}, s.losses) for s in samples(real_lab, "train", model, made.procedure)]
    assert explanations(model, known, only) == [(made.mistake,)]


def test_losses_taken_after_the_update_are_recognised_too(real_lab: rubric.Lab) -> None:
    model, known = Mistakes(real_lab).in_function("train")
    made = next(made for made in known if made.mistake.id == "never-zeroed@update")
    after = []
    for sample in samples(real_lab, "train", model, model.right):
        n = int(sample.settings["n_epochs"])
        _, losses = made.procedure.train(model.weights, sample.inputs, float(sample.settings["lr"]), n + 1)
        weights, _ = made.procedure.train(model.weights, sample.inputs, float(sample.settings["lr"]), n)
        after.append(Sample(sample.inputs, sample.settings, weights, losses[1:], after=True))
    assert explanations(model, known, after) == [(made.mistake,)]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_ids_are_unique_and_every_mistake_says_what_to_look_at(real_lab: rubric.Lab, function: str) -> None:
    model, known = Mistakes(real_lab).in_function(function)
    ids = [made.mistake.id for made in distinct(model, known)]
    assert len(ids) == len(set(ids))
    for made in known:
        assert "{" not in made.mistake.name + made.mistake.hint
        assert made.mistake.hint[-1] in ".?", made.mistake.hint
        assert made.mistake.name[-1] not in ".?"


def test_a_new_graph_gets_its_mistakes_for_nothing() -> None:
    graph = parse({"z": "x * w", "t": "z + b", "y_hat": "tanh(t)", "s": "y_hat - y", "loss": "s ** 2"})
    model = FunctionModel(graph, ("loss", "dloss_dw", "dloss_db"), {"x": 2, "w": 1, "b": 0.5, "y": 1}, {}, by_hand=True)
    found = {made.mistake.id for made in distinct(model, catalogue(model))}
    assert {"left-out@y_hat", "at-its-input@dy_hat_dt", "multiplied@t", "exchanged@w,b"} <= found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_any_two_mistakes_can_be_made_together(real_lab: rubric.Lab, function: str) -> None:
    model, known = Mistakes(real_lab).in_function(function)
    inputs, settings = model.published, {"lr": 0.1, "n_epochs": 3}
    for one in known[::7]:
        for other in known[::11]:
            try:
                model.observed(other.mistake.apply(one.procedure), inputs, settings)
            except IMPOSSIBLE:
                continue


def test_a_derivative_that_is_not_asked_for_is_not_named(real_lab: rubric.Lab) -> None:
    """dm1_dw1 = w1 looks like dm1_dx1 and dm1_dw1 exchanged, but no student is asked for dm1_dx1."""
    assert named(real_lab, "fnn_gradients", "own-factor@dm1_dw1") == [("own-factor@dm1_dw1",)]
    assert named(real_lab, "fnn_gradients", "factors@m2") == [("factors@m2",)]


@pytest.mark.parametrize(
    ("returned", "predicted", "close"),
    [
        (1000.9, 1000.0, True),
        (1001.1, 1000.0, False),
        (998.9, 1000.0, False),
        (-1000.0, 1000.0, False),
        (9e-7, 0.0, True),
        (1.1e-6, 0.0, False),
        (math.nan, math.inf, True),  # beyond float32 all is the same
        (1e39, -math.inf, True),
        (3.5e38, 3.3e38, False),
        (3.3e38, 3.5e38, False),
        (3.4e38, 3.4e38, True),
        (3.4e38, 1e39, False),
        (1e39, 3.4e38, False),
        (math.nan, 1.0, False),
        (1.0, math.nan, False),
    ],
)
def test_how_close_a_number_has_to_be(returned: float, predicted: float, close: bool) -> None:
    assert Closeness()(returned, predicted) == close


def test_late_in_a_loop_five_times_as_much_is_close() -> None:
    assert Closeness().wider(1004.9, 1000.0)
    assert not Closeness().wider(1005.1, 1000.0)
    assert Closeness().wider(4.9e-6, 0.0)
    assert not Closeness().wider(5.1e-6, 0.0)
    assert Closeness(rtol=0.01)(1009.0, 1000.0)


TRAIN = FunctionModel(
    parse({"p": "x * w", "s": "p - y", "loss": "s ** 2"}),
    ("w", "losses"),
    {"x": 4, "w": 0.5, "y": 1},
    {"lr": 0.01, "n_epochs": 20},
)
AT = {"x": 1.5, "w": -0.6, "y": 0.8}
SETTINGS = {"lr": 0.04, "n_epochs": 14}
KNOWN = catalogue(TRAIN)


def trained(*mistakes: str, **settings: float) -> Sample:
    """What a training loop with these mistakes returns."""
    at = {**SETTINGS, **settings}
    weights, losses = procedure_with(*mistakes).train(("w",), AT, at["lr"], int(at["n_epochs"]))
    return Sample(AT, at, weights, losses)


def procedure_with(*mistakes: str) -> Procedure:
    procedure = TRAIN.right
    for id in mistakes:
        procedure = next(made.mistake for made in KNOWN if made.mistake.id == id).apply(procedure)
    return procedure


def ids(*found: Sample) -> list[tuple[str, ...]]:
    return [tuple(mistake.id for mistake in each) for each in explanations(TRAIN, KNOWN, found)]


@pytest.mark.parametrize(
    "mistake",
    [
        *("never-zeroed@update", "two-rounds@update", "stale@update", "momentum@update", "adam@update"),
        *("breaks-at-share@update", "breaks-after-at-share@update", "rate-falls@update", "by-y@slope"),
        *("running-mean@losses", "reversed@losses", "without-last@losses", "every-second@losses", "last-only@losses"),
        *("short@epochs", "long@epochs", "once@epochs", "first@weight", "before-last@weight", "recreated@weight"),
        *("fixed@n_epochs", "fixed@lr", "own@lr", "halved@loss", "exchanged@w,y", "fixed@everything"),
        *("value@dloss_ds", "sum@dp_dw", "subtracted@p", "subtracted@p/values", "without-dp_dw@dloss_dw", "left-out@s"),
    ],
)
def test_a_wrong_loop_is_named_by_one_run(mistake: str) -> None:
    assert ids(trained(mistake))[0] == (mistake,)
    assert ids(trained(mistake), trained(mistake, lr=0.06, n_epochs=12)) == [(mistake,)]


def test_weight_before_training() -> None:
    long = trained("first@weight", n_epochs=40)
    assert set(long.values.values()) == set(trained(n_epochs=0).values.values())
    assert ids(long, trained("first@weight", lr=0.06, n_epochs=12)) == [("first@weight",)]


def test_a_right_loop_is_never_said_to_have_a_mistake() -> None:
    right = trained()
    assert ids(right) == []
    assert ids(trained(n_epochs=1)) == []
    assert ids(replace(right, losses=None)) == []
    assert ids(replace(right, values={})) == []
    assert explanations(TRAIN, (), [trained("turned@update")]) == []


def test_which_numbers_of_a_loop_count() -> None:
    """The first ten losses, how many there are, and the weight."""
    base = trained("never-zeroed@update")
    assert base.losses is not None

    def changed(position: int, factor: float) -> Sample:
        losses = list(base.losses or ())
        losses[position] *= factor
        return replace(base, losses=losses)

    named = [("never-zeroed@update",)]
    assert ids(base) == named
    assert ids(changed(4, 1.0009)) == named
    assert ids(changed(4, 1.002)) == []
    assert ids(changed(5, 1.004)) == named  # from the sixth on five times as much
    assert ids(changed(5, 1.006)) == []
    assert ids(changed(9, 1.006)) == []
    assert ids(changed(10, 2.0)) == named
    assert ids(replace(base, losses=[*base.losses, 1.0])) == []
    assert ids(replace(base, losses=list(base.losses)[:-1])) == [("never-zeroed@update", "without-last@losses")]
    assert ids(replace(base, values={"w": 1.004 * base.values["w"]})) == named
    assert ids(replace(base, values={"w": 1.006 * base.values["w"]})) == []
    assert ids(replace(base, values={}, losses=None)) == []
    assert ids(replace(base, losses=None)) == named


def test_a_loop_that_blows_up_is_explained_up_to_there() -> None:
    up = trained("rate-divides@update", n_epochs=40)
    assert up.losses is not None
    assert up.losses[-1] > 1e40
    float32 = [loss if loss < 3.4e38 else math.inf for loss in up.losses]
    assert ids(replace(up, losses=float32, values={"w": math.nan})) == [("rate-divides@update",)]
    assert ids(replace(up, losses=float32, values={"w": 1.0})) == [("rate-divides@update",)]
    assert ids(replace(up, losses=[*float32[:3], math.nan, *float32[4:]], values={"w": math.nan})) != []


@pytest.mark.parametrize(
    "pair",
    [
        ("never-zeroed@update", "running-sum@losses"),
        ("halved@loss", "never-zeroed@update"),
        ("twice@slope", "short@epochs"),
    ],
)
def test_two_mistakes_of_a_loop_are_recognised(pair: tuple[str, str]) -> None:
    found = ids(trained(*pair), trained(*pair, lr=0.06, n_epochs=12))
    assert set(pair) in [set(each) for each in found]
    assert len(found) <= 3
    assert not any(each[::-1] in found for each in found if len(each) > 1)


def test_losses_may_start_before_or_after_the_first_update() -> None:
    right = trained()
    assert right.losses is not None
    assert starts_correctly(TRAIN, right, Closeness())
    assert not starts_correctly(TRAIN, replace(right, losses=right.losses[1:]), Closeness())
    assert starts_correctly(TRAIN, replace(right, losses=None), Closeness())
    assert starts_correctly(TRAIN, replace(right, losses=[]), Closeness())


@pytest.mark.parametrize("mistake", ["twice@slope", "turned@update", "before-last@weight", "breaks-at-share@update"])
def test_a_wrong_loop_is_named_by_losses_taken_after_the_update(mistake: str) -> None:
    procedure = procedure_with(mistake)
    longer = procedure.train(("w",), AT, SETTINGS["lr"], 15)[1]
    weights, _ = procedure.train(("w",), AT, SETTINGS["lr"], 14)
    sample = Sample(AT, SETTINGS, weights, longer[1:], after=True)
    assert (mistake,) in ids(sample)
    assert ids(replace(trained(), losses=TRAIN.right.train(("w",), AT, 0.04, 15)[1][1:], after=True)) == []


FORWARD = FunctionModel(
    parse({"m": "x * w", "h": "sigmoid(m)", "loss": "h - y"}),
    ("m", "h", "loss", "dh_dm", "dm_dw", "dloss_dw"),
    {"x": 2, "w": 1, "y": 0.5},
    {},
)
POINTS = ({"x": -1.5, "w": 0.7, "y": 0.25}, {"x": 0.8, "w": 1.3, "y": -0.6})


def values_with(*mistakes: str) -> list[Sample]:
    procedure = FORWARD.right
    for id in mistakes:
        procedure = next(made.mistake for made in catalogue(FORWARD) if made.mistake.id == id).apply(procedure)
    return [Sample(at, {}, procedure.results(FORWARD.returns, at)) for at in POINTS]


def explained(samples: list[Sample], model: FunctionModel = FORWARD) -> list[tuple[str, ...]]:
    return [tuple(each.id for each in found) for found in explanations(model, catalogue(model), samples)]


@pytest.mark.parametrize(
    "mistakes",
    [
        ("first-factor@dh_dm", "twice@dloss_dw"),
        ("own-factor@dm_dw", "turned@loss/values"),
        ("left-out@h/values", "product@dm_dw"),
        ("turned@loss/values", "second-factor@dh_dm"),
    ],
)
def test_two_slips_in_one_function_are_recognised(mistakes: tuple[str, str]) -> None:
    found = explained(values_with(*mistakes))
    assert set(mistakes) in [set(each) for each in found]
    assert len(found) <= 3


def test_every_sample_has_to_be_explained() -> None:
    wrong, right = values_with("first-factor@dh_dm"), values_with()
    assert explained(wrong) == [("first-factor@dh_dm",)]
    assert explained([wrong[0], right[1]]) == []
    assert explained([right[0], wrong[1]]) == []
    assert explained(right) == []
    odd = replace(wrong[1], values={**wrong[1].values, "dloss_dw": 9.0})
    assert explained([wrong[0], odd]) == []


def test_no_more_than_three_possibilities_are_offered(real_lab: rubric.Lab) -> None:
    model, known = Mistakes(real_lab).on_paper("task1")

    def offered(gradient: float) -> list[str]:
        found = explanations(model, known, [Sample(model.published, {}, {"dloss_dw": gradient})])
        return [mistake.id for (mistake,) in found]

    assert offered(4) == ["factor@dloss_ds", "value@dloss_ds", "product@dy_hat_dw"]
    assert offered(1) == ["own-factor@dy_hat_dw", "loss@dloss_dw"]
    assert offered(8) == []


def test_numbers_that_are_missing_explain_nothing_and_forbid_nothing() -> None:
    some = [replace(each, values={"dh_dm": each.values["dh_dm"]}) for each in values_with("first-factor@dh_dm")]
    assert explained(some) == [("first-factor@dh_dm",)]
    assert explained([replace(each, values={}) for each in some]) == []


BOTH = FunctionModel(
    parse({"p": "x * w", "s": "p + b", "loss": "s ** 2"}),
    ("w", "b", "losses"),
    {"x": 4, "w": 0.5, "b": 1},
    {"lr": 0.01, "n_epochs": 20},
)


@pytest.mark.parametrize(
    "mistake",
    [
        "never-zeroed-w@update",
        "zeroed-before-step-b@update",
        "weight-zeroed-w@update",
        "sign-of-b@slope",
        "by-x-for-w@slope",
    ],
)
def test_a_mistake_in_one_of_two_weights_is_named(mistake: str) -> None:
    known = catalogue(BOTH)
    procedure = next(made.procedure for made in known if made.mistake.id == mistake)
    samples = []
    for at in ({"x": 1.5, "w": -0.6, "b": 0.3}, {"x": -0.7, "w": 1.1, "b": 0.8}):
        weights, losses = procedure.train(("w", "b"), at, 0.04, 12)
        samples.append(Sample(at, SETTINGS | {"n_epochs": 12}, weights, losses))
    found = explanations(BOTH, known, samples)
    assert [each.id for each in found[0]] == [mistake]


def test_half_of_a_slope_of_nothing_is_nothing() -> None:
    """At the best weight nothing moves it, whatever is done to the gradient."""
    best = {"x": 2.0, "w": 0.5, "y": 1.0}
    for mistake in ("by-the-sign@update", "clipped@update", "by-the-size@update", "twice@slope", "adam@update"):
        weights, losses = procedure_with(mistake).train(("w",), best, 0.1, 3)
        assert (weights, losses) == ({"w": 0.5}, [0.0, 0.0, 0.0])


def test_a_loop_stops_when_the_loss_has_just_fallen_to_half() -> None:
    model = FunctionModel(parse({"loss": "w * x"}), ("w", "losses"), {"w": 1, "x": 1}, {"lr": 0.01, "n_epochs": 20})
    half = next(family for family in model.families if family.id == "stops-at-share@update").mistake(0.5)
    work = half.apply(model.right)
    assert work.train(("w",), {"w": 1.0, "x": 1.0}, 0.5, 3) == ({"w": 0.5}, [1.0, 0.5, 0.5])


def test_the_hint_says_how_many_values_lead_into_a_node() -> None:
    hints = {made.mistake.id: made.mistake.hint for made in KNOWN}
    assert hints["y-for-x@p"] == "Which two values go into p in the graph?"
    forward = {made.mistake.id: made.mistake for made in catalogue(FORWARD)}
    assert forward["x-for-m@h"].hint == "Which value goes into h in the graph?"
    assert forward["x-for-m@h"].name == "x is used instead of m at h"
    assert hints["multiplied@s"] == "Compare the line that computes s with the graph: which operation combines p and y?"
    assert forward["x-0@dh_dm"].name == "dh_dm is x"
    assert forward["w-0@dh_dm"].name == "dh_dm is w"
    assert forward["w-1@dh_dm"].name == "dh_dm is computed with w where the formula has 1"


def test_pairs_start_with_the_best_explanation() -> None:
    """Of two mistakes the one that shows first explains all up to the other one."""
    model, known = FORWARD, catalogue(FORWARD)
    procedure = model.right
    for id in ("turned@loss/values", "twice@dloss_dw"):
        procedure = next(made.mistake for made in known if made.mistake.id == id).apply(procedure)
    samples = [Sample(at, {}, procedure.results(model.returns, at)) for at in POINTS]
    found = explanations(model, known, samples)
    assert [[each.id for each in pair] for pair in found] == [["turned@loss/values", "twice@dloss_dw"]]
    swapped = [replace(each, values=dict(reversed(each.values.items()))) for each in samples]
    assert ["twice@dloss_dw", "turned@loss/values"] in [
        [each.id for each in pair] for pair in explanations(model, known, swapped)
    ]


def test_loop_mistakes_are_marked_by_a_field() -> None:
    graph = parse({"p": "weight * x", "update": "p - y", "loss": "update ** 2"})
    published = {"weight": 1.0, "x": 2.0, "y": 0.5}
    task = FunctionModel(graph, ("weight", "losses"), published, {"lr": 0.1, "n_epochs": 4})
    of_loop = {made.mistake.id: made.mistake.of_loop for made in catalogue(task)}
    assert of_loop["never-zeroed@update"]
    assert of_loop["first@weight"]
    assert not of_loop["fixed@weight"]


def test_a_returned_weight_is_one_of_those_asked_for() -> None:
    had = [{"w": float(number)} for number in range(4)]
    right = Procedure(parse({"loss": "w ** 2"}), parse({"loss": "w ** 2"}))
    for weight, further, given in ((LAST, 0, 3), (LAST, 1, 2), (BEFORE_LAST, 0, 2), (BEFORE_LAST, 1, 1), (FIRST, 1, 0)):
        assert replace(right, weight=weight).returned_weights(had, further) == {"w": given}
    assert replace(right, weight=BEFORE_LAST).returned_weights(had[:1]) == {"w": 0}


def test_a_search_ends_when_its_time_is_up() -> None:
    assert list(in_time.from_now(0.0).left(["a", "b"])) == []
    assert list(in_time.from_now(60.0).left(["a", "b"])) == ["a", "b"]
