"""Other published inputs can be given; what does not fit is one sentence that says how to mend it."""

from pathlib import Path

import pytest
from array_labs import layer
from conftest import ROOT

from autograder.authoring.answer_key.exact import NoKey
from autograder.authoring.answer_key.overrides import with_inputs
from autograder.rubric import Lab, load


@pytest.fixture(scope="module")
def linear_lab() -> Lab:
    return load(ROOT / "labs/linear_regression")


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


def test_array_is_replaced(linear_lab: Lab) -> None:
    lab = with_inputs(linear_lab, ["regression.w=[0.25, -1.5]", "regression.b=2", "regression.lr=0.1"])
    published = lab.published("regression")
    assert (published["w"].tolist(), published["b"]) == ([0.25, -1.5], 2.0)
    assert lab.defaults("train").settings == {"lr": 0.1, "n_epochs": 20}
    assert linear_lab.published("regression")["w"].tolist() == [0.5, -1.0]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("w=[1, 2, 3]", "a list of shape (3,) does not fit; w has shape (2,), for instance [0, 0]"),
        ("w=[[1, 2]]", "a list of shape (1, 2) does not fit; w has shape (2,), for instance [0, 0]"),
        ("w=0.5", "'0.5' is not a list of numbers; w has shape (2,), for instance [0, 0]"),
        ("w=[1, x]", "'[1, x]' is not a list of numbers; w has shape (2,), for instance [0, 0]"),
        ("w=[1, true]", "'[1, true]' is not a list of numbers; w has shape (2,), for instance [0, 0]"),
        ("w=[1, NaN]", "a number in it is not finite"),
        (f"w=[1, 1{400 * '0'}]", "a number in it is not finite"),
        ("b=[1]", "'[1]' is not a decimal number, such as 0.5"),
    ],
)
def test_array_that_does_not_fit_is_a_sentence(linear_lab: Lab, given: str, sentence: str) -> None:
    with pytest.raises(NoKey) as error:
        with_inputs(linear_lab, [f"regression.{given}"])
    assert str(error.value) == f"--set regression.{given}: {sentence}"


def test_labels_stay_labels(tmp_path: Path) -> None:
    lab = layer(tmp_path)
    assert with_inputs(lab, ["layer.labels=[2, 2, 0]"]).published("layer")["labels"].tolist() == [2, 2, 0]
    with pytest.raises(NoKey, match="a label is the number of a class, from 0 to 2; 3 is none"):
        with_inputs(lab, ["layer.labels=[0, 1, 3]"])


def test_example_of_a_lab_with_arrays_is_its_smallest_input(linear_lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(NoKey, match=r"for instance --set regression\.b=3"):
        with_inputs(linear_lab, ["x"])
    with pytest.raises(NoKey, match=r'for instance --set "layer\.b=\[0, 0, 0\]"'):
        with_inputs(layer(tmp_path), ["x"])


def test_lab_without_a_graph_has_nothing_to_set() -> None:
    with pytest.raises(NoKey, match="--set x=1: this lab has no graph, so there is nothing to set"):
        with_inputs(load(ROOT / "tests/labs/shapes"), ["x=1"])
