"""What each mistake makes of known inputs: numbers.yaml has them, as a program with that mistake gives them."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from autograder.graph import Graph, parse
from autograder.mistakes.backward import local_mistakes
from autograder.mistakes.catalogue import FunctionModel, catalogue
from autograder.mistakes.forward import wrong_operations
from autograder.mistakes.procedure import IMPOSSIBLE, Mistake, Procedure

EXPECTED = yaml.load((Path(__file__).parent / "numbers.yaml").read_text(), yaml.CSafeLoader)
NEURON = parse({"m": "x * w", "h": "sigmoid(m)", "loss": "h - y"})
CHAIN = parse({"m": "a * v", "n": "m * w", "loss": "n ** 2"})
AT = {"lr": 0.1, "n_epochs": 4}
TASKS = {
    "by hand": FunctionModel(NEURON, ("h", "loss", "dh_dm", "dm_dw", "dloss_dw"), {"x": 2, "w": 1, "y": 0.5}, {}),
    "by autograd": FunctionModel(NEURON, ("loss", "dloss_dw"), {"x": 2, "w": 1, "y": 0.5}, {}, by_hand=False),
    "two weights": FunctionModel(CHAIN, ("dm_dv", "dloss_dv", "dloss_dw"), {"a": 2, "v": 1, "w": 3}, {}),
    "training": FunctionModel(
        parse({"p": "x * w", "s": "p - y", "loss": "s ** 2"}), ("w", "losses"), {"x": 2, "w": 1, "y": 1}, AT
    ),
    "training two weights": FunctionModel(
        parse({"p": "x * w", "s": "p + b", "loss": "s ** 2"}), ("w", "b", "losses"), {"x": 2, "w": 1, "b": 1}, AT
    ),
}
INPUTS = {
    "by hand": {"x": -1.5, "w": 0.7, "y": 0.25},
    "by autograd": {"x": -1.5, "w": 0.7, "y": 0.25},
    "two weights": {"a": 3.0, "v": -0.5, "w": 0.7},
    "training": {"x": 1.5, "w": -0.6, "y": 0.8},
    "training two weights": {"x": 1.5, "w": -0.6, "b": 0.3},
}
RATES = {"falling": 0.2, "growing": 0.5}  # the loss, in a right loop
OPERATIONS = {
    "*": "a * b",
    "+": "a + b",
    "-": "a - b",
    "/": "a / b",
    "**": "a ** 3",
    "relu": "relu(a)",
    "sigmoid": "sigmoid(a)",
    "tanh": "tanh(a)",
    "exp": "exp(a)",
    "log": "log(a)",
    "neg": "-a",
}


def numbers(
    model: FunctionModel, name: str, mistake: Mistake | None, rate: float = 0.05, epochs: int = 3
) -> list[float] | None:
    """What the function of a model returns with a mistake, None where that is impossible."""
    procedure = mistake.apply(model.right) if mistake else model.right
    try:
        return model.observed(procedure, INPUTS[name], {"lr": rate, "n_epochs": epochs})
    except IMPOSSIBLE:
        return None


def operation(graph: Graph, mistake: Mistake | None, inputs: Mapping[str, float]) -> list[float]:
    """A node's value and its local derivatives."""
    procedure = Procedure(graph, graph)
    once = (mistake.apply(procedure) if mistake else procedure).single_pass(
        {name: inputs[name] for name in graph.inputs}
    )
    return [once.values["z"], *once.local.values()]


@pytest.mark.parametrize("name", TASKS)
def test_every_mistake_has_its_numbers(name: str) -> None:
    model, expected = TASKS[name], EXPECTED[name]
    found = {made.mistake.id: numbers(model, name, made.mistake) for made in catalogue(model)}
    wrong = {
        id: found.get(id)
        for id, each in expected.items()
        if found.get(id) != pytest.approx(each, rel=1e-5, abs=1e-9, nan_ok=True)
    }
    assert wrong == {}
    assert [id for id in found if id in expected] == list(expected)  # the order in which they are preferred
    assert len(found) == EXPECTED["how many"][name]
    assert numbers(model, name, None) == pytest.approx(EXPECTED["right"][name], rel=1e-5)


@pytest.mark.parametrize("course", RATES)
def test_every_wrong_loop_has_its_numbers(course: str) -> None:
    model = TASKS["training"]
    made = {each.mistake.id: each.mistake for each in catalogue(model)}
    for id, expected in EXPECTED[course].items():
        found = numbers(model, "training", made[id], RATES[course], 5)
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-9), id


@pytest.mark.parametrize("symbol", OPERATIONS)
def test_every_mistake_at_an_operation_has_its_numbers(symbol: str) -> None:
    graph, expected = parse({"z": OPERATIONS[symbol]}), EXPECTED["operations"][symbol]
    mistakes = [*wrong_operations(graph, by_hand=False), *local_mistakes(graph, usual=True)]
    at = expected.pop("at")
    found = {each.id: [operation(graph, each, inputs) for inputs in at] for each in mistakes}
    assert list(found) == list(expected)
    for id, each in expected.items():
        for values, right in zip(found[id], each, strict=True):
            assert values == pytest.approx(right, rel=1e-5, abs=1e-9, nan_ok=True), id
