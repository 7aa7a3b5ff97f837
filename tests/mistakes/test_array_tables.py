"""Every mistake of the tables for vectors and matrices is recognized by the numbers that it makes."""

from typing import Any

import numpy as np
import pytest

from autograder.graph import Graph, parse
from autograder.graph.array_graph import ArrayGraph
from autograder.mistakes import array_backward, array_forward
from autograder.mistakes.catalogue import FunctionModel, Mutant, catalogue, distinct
from autograder.mistakes.diagnose import explanations
from autograder.mistakes.element import by_element
from autograder.mistakes.evidence import Sample


def arrays(nodes: dict[str, str]) -> Graph:
    inside = parse(nodes)
    return ArrayGraph(inside.inputs, inside.nodes)


def inputs(seed: int, **shapes: tuple[int, ...]) -> dict[str, Any]:
    generator = np.random.default_rng(seed)
    return {
        name: generator.permutation(np.arange(shape[0]) % 3) if name == "y" else generator.uniform(0.4, 1.6, shape)
        for name, shape in shapes.items()
    }


# Square matrices, so that factors may be exchanged and transposed.
PRODUCT = arrays({"P": "A @ B", "H": "relu(P)", "m": "mean(H, axis=0)", "q": "m ** 2", "loss": "sum(q)"})
BIAS = arrays({"P": "A @ B", "Z": "b + P", "D": "Z - c", "H": "tanh(D)", "loss": "sum(H)"})
CLASSES = arrays({"Z": "X @ W", "logits": "Z + b", "loss": "cross_entropy(logits, y)"})
REGRESSION = arrays({"z": "X @ w", "p": "z + b", "loss": "mse(p, t)"})
MODELS = {
    "product": (
        FunctionModel(PRODUCT, ("P", "H", "m", "loss", "dloss_dA", "dloss_dB"), inputs(0, A=(3, 3), B=(3, 3)), {}),
        [inputs(seed, A=(3, 3), B=(3, 3)) for seed in (1, 2)],
    ),
    "bias": (
        FunctionModel(
            BIAS, ("Z", "H", "loss", "dloss_dA", "dloss_db"), inputs(0, A=(3, 3), B=(3, 3), b=(3,), c=(3,)), {}
        ),
        [inputs(seed, A=(3, 3), B=(3, 3), b=(3,), c=(3,)) for seed in (1, 2)],
    ),
    "classes": (
        FunctionModel(
            CLASSES, ("logits", "loss", "dloss_dlogits", "dloss_dW", "dloss_db"),
            inputs(0, X=(4, 2), W=(2, 3), b=(3,), y=(4,)), {},
        ),
        [inputs(1, X=(5, 2), W=(2, 3), b=(3,), y=(5,)), inputs(2, X=(6, 4), W=(4, 3), b=(3,), y=(6,))],
    ),
    "regression": (
        FunctionModel(
            REGRESSION, ("p", "loss", "dloss_dp", "dloss_dw", "dloss_db"),
            inputs(0, X=(4, 2), w=(2,), b=(1,), t=(4,)), {},
        ),
        [inputs(1, X=(5, 2), w=(2,), b=(1,), t=(5,)), inputs(2, X=(3, 3), w=(3,), b=(1,), t=(3,))],
    ),
}  # fmt: skip


def of_arrays(model: FunctionModel) -> set[str]:
    made = [
        *array_forward.array_mistakes(model.graph, model.published, by_hand=True),
        *array_backward.array_slips(model.graph, model.weights, model.published),
        *array_backward.batch_mistakes(model.graph, model.weights),
    ]
    return {mistake.id for mistake in made}


def returned(model: FunctionModel, mutant: Mutant, sets: list[dict[str, Any]]) -> list[Sample] | None:
    """What a student with this mistake returns; None if the shapes do not allow it."""
    try:
        results = [mutant.procedure.results(model.returns, each) for each in sets]
    except (ValueError, LookupError, TypeError):
        return None
    return [Sample(given, {}, by_element(found)) for given, found in zip(sets, results, strict=True)]


@pytest.mark.parametrize("name", MODELS)
def test_every_mistake_is_recognized_by_its_numbers(name: str) -> None:
    model, sets = MODELS[name]
    known = catalogue(model)
    own = of_arrays(model)
    tried = 0
    for mutant in distinct(model, known):
        if mutant.mistake.id not in own or (samples := returned(model, mutant, sets)) is None:
            continue
        tried += 1
        found = [[mistake.id for mistake in each] for each in explanations(model, known, samples)]
        assert [mutant.mistake.id] in found, (mutant.mistake.name, found)
    assert tried >= 12


def test_a_product_in_the_wrong_order_is_recognized_where_matrices_are_square() -> None:
    model, sets = MODELS["product"]
    known = {each.mistake.id: each for each in distinct(model, catalogue(model))}
    for id in ("turned@P", "first-transposed@P", "second-transposed@P"):
        samples = returned(model, known[id], sets)
        assert samples
        assert [[id]] == [[each.id for each in found] for found in explanations(model, catalogue(model), samples)]


def test_a_bias_on_the_wrong_axis_is_recognized_where_the_shapes_allow_it() -> None:
    model, sets = MODELS["bias"]
    known = {each.mistake.id: each for each in distinct(model, catalogue(model))}
    for id, node, vector in (("other-axis@Z", "Z", "b"), ("other-axis@D", "D", "c")):
        given = [{**each, vector: each[vector][:, None]} for each in sets]  # by hand: upright
        samples = returned(model, known[id], sets)
        assert samples
        upright = [BIAS.values(each)[node] for each in given]
        found = [known[id].procedure.results((node,), each)[node] for each in sets]
        np.testing.assert_allclose(np.array(found), np.array(upright))
        assert [[id]] == [[each.id for each in found] for found in explanations(model, catalogue(model), samples)]
    oblong, _ = MODELS["classes"]
    assert not [each for each in distinct(oblong, catalogue(oblong)) if each.mistake.id.startswith("other-axis")]


def test_what_is_right_has_no_explanation() -> None:
    for model, sets in MODELS.values():
        right = [Sample(each, {}, by_element(model.right.results(model.returns, each))) for each in sets]
        assert explanations(model, catalogue(model), right) == []
