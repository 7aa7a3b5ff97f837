"""There is one training loop, and gradient descent is it without a mistake."""

import itertools

from unchanging import changing

import autograder.graph
from autograder.graph import parse
from autograder.graph.descent import descend
from autograder.mistakes.procedure import Procedure

GRAPH = parse({"p": "x * w", "q": "p + b", "s": "tanh(q)", "loss": "s ** 2"})
INPUTS = {"x": 1.5, "w": -0.6, "b": 0.3}


def test_descent_is_a_procedure_without_mistakes() -> None:
    steps = descend(GRAPH, ("w", "b"), INPUTS, 0.2, 7)
    losses, weights = Procedure(GRAPH, GRAPH).training(("w", "b"), INPUTS, 0.2, 7)
    assert [step.loss for step in steps[:-1]] == list(losses)
    assert [step.weights for step in steps] == weights


def test_each_epoch_has_the_loss_and_gradient_of_its_own_weights() -> None:
    steps = descend(GRAPH, ("w",), INPUTS, 0.2, 3)
    assert [step.epoch for step in steps] == [0, 1, 2, 3]
    for step, after in itertools.pairwise(steps):
        values = GRAPH.values({**INPUTS, **step.weights})
        assert step.loss == values["loss"]
        assert step.gradients == {"w": GRAPH.gradients(values)["w"]}
        assert after.weights == {"w": step.weights["w"] - 0.2 * step.gradients["w"]}


def test_only_the_state_of_an_epoch_changes() -> None:
    assert changing(autograder.graph) == {"EpochState"}
