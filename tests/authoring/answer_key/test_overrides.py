"""Other published inputs can be given; what does not fit is one sentence that says how to mend it."""

import pytest
from conftest import ROOT

from autograder.authoring.answer_key.exact import NoKey
from autograder.authoring.answer_key.overrides import with_inputs
from autograder.rubric import Lab, load


def test_inputs_and_settings_are_replaced_and_all_others_stay(real_lab: Lab) -> None:
    the_lab = with_inputs(real_lab, ["task1.x=3", "task2.w1 = -1.5", "task1.lr=0.05", "task1.n_epochs=4"])
    assert the_lab.rubric.graphs["task1"].inputs["published"] == {"x": 3, "y": 1, "w": 0.5}
    assert the_lab.rubric.graphs["task2"].inputs["published"] == {"x1": 4, "w1": -1.5, "w2": 0.2, "y": 1}
    assert the_lab.rubric.graphs["task1"].drawn == real_lab.rubric.graphs["task1"].drawn
    called = the_lab.defaults("train")
    assert (called.inputs, called.settings) == ({"x": 3.0, "y": 1.0, "w": 0.5}, {"lr": 0.05, "n_epochs": 4})
    assert real_lab.defaults("train").settings == {"lr": 0.01, "n_epochs": 20}


def test_setting_among_published_inputs_is_replaced(real_lab: Lab) -> None:
    the_lab = with_inputs(real_lab.with_published({"task1": {"lr": 0.02}}), ["task1.lr=0.1"])
    assert the_lab.defaults("train").settings == {"lr": 0.1, "n_epochs": 20}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("x=3", "--set x=3: write GRAPH.NAME=NUMBER, for instance --set task1.x=3"),
        ("task1.x", "--set task1.x: write GRAPH.NAME=NUMBER, for instance --set task1.x=3"),
        ("", "--set : write GRAPH.NAME=NUMBER, for instance --set task1.x=3"),
        (
            "task3.x=3",
            "--set task3.x=3: there is no graph 'task3'; did you mean 'task2'? allowed: task1, task2",
        ),
        (
            "task2.x=3",
            "--set task2.x=3: there is no input of task2 'x'; did you mean 'x1'? allowed: w1, w2, x1, y",
        ),
        ("task1.x=three", "--set task1.x=three: 'three' is not a decimal number, such as 0.5"),
        ("task1.x=", "--set task1.x=: '' is not a decimal number, such as 0.5"),
        ("task1.x=nan", "--set task1.x=nan: 'nan' is not a decimal number, such as 0.5"),
        ("task1.x=1e999", "--set task1.x=1e999: '1e999' is not a decimal number, such as 0.5"),
        ("task1.n_epochs=2.5", "--set task1.n_epochs=2.5: n_epochs must be a whole number from 1 to 1000"),
        ("task1.n_epochs=100000", "--set task1.n_epochs=100000: n_epochs must be a whole number from 1 to 1000"),
    ],
)
def test_what_does_not_fit_is_a_sentence(real_lab: Lab, given: str, sentence: str) -> None:
    with pytest.raises(NoKey) as error:
        with_inputs(real_lab, ["task1.x=3", given])
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("epochs", "fits"), [("1", True), ("1000", True), ("0", False), ("1001", False), ("-3", False)]
)
def test_epochs_are_from_1_to_1000(real_lab: Lab, epochs: str, fits: bool) -> None:
    if fits:
        assert with_inputs(real_lab, [f"task1.n_epochs={epochs}"]).defaults("train").settings["n_epochs"] == int(epochs)
    else:
        with pytest.raises(NoKey, match="n_epochs must be a whole number from 1 to 1000"):
            with_inputs(real_lab, [f"task1.n_epochs={epochs}"])


def test_a_setting_of_another_graph_does_not_change() -> None:
    with pytest.raises(NoKey, match=r"--set task1=3: write GRAPH\.NAME=NUMBER"):
        with_inputs(load(ROOT), ["task1=3"])
    with pytest.raises(NoKey, match="there is no input of task2 'lr'"):
        with_inputs(load(ROOT), ["task2.lr=0.1"])
