"""Exact results of graphs on arrays agree with float64, and say which decimals are exact."""

from fractions import Fraction

import numpy as np
import pytest

from autograder.authoring.answer_key.exact import NoKey
from autograder.authoring.answer_key.exact_arrays import MOST_EXACT, ArrayResults
from autograder.graph import parse
from autograder.graph.array_graph import ArrayGraph
from autograder.graph.operation import Value

X = [[0.1, -0.2], [0.3, 0.7], [-1.3, 0.4]]


def results(nodes: dict[str, str], **inputs: Value) -> ArrayResults:
    parsed = parse(nodes, tuple(inputs))
    graph = ArrayGraph(parsed.inputs, parsed.nodes)
    return ArrayResults(graph, graph.given(inputs), "graph g")


RATIONAL = [
    {"z": "X @ w", "q": "z ** 3", "loss": "mean(q)"},
    {"z": "X * w", "r": "abs(z)", "loss": "sum(r)"},
    {"z": "X / w", "n": "-z", "t": "n.T", "loss": "mean(t)"},
    {"z": "X + w", "s": "sum(z, axis=0)", "m": "mean(X, axis=0)", "loss": "mse(s, m)"},
    {"z": "w @ w", "u": "X - z", "r": "relu(u)", "c": "sum(r, axis=1)", "d": "c * c", "loss": "mean(d)"},
    {"t": "X.T", "z": "w @ t", "p": "z @ X", "m": "mean(X, axis=1)", "q": "m @ z", "v": "p @ w", "loss": "q * v"},
]


@pytest.mark.parametrize("nodes", RATIONAL)
def test_fractions_agree_with_floats(nodes: dict[str, str]) -> None:
    found = results(nodes, X=X, w=[0.7, -1.9])
    assert set(found.exact_values) == set(found.graph.names)
    for name, exact in found.exact_values.items():
        np.testing.assert_allclose(exact.astype(float), found.values[name], rtol=1e-12, atol=1e-12)
    gradients, exact_gradients = found.gradients("loss"), found.exact_gradients("loss")
    assert {"X", "w"} <= set(exact_gradients)
    for name in found.graph.names[:-1]:
        np.testing.assert_allclose(exact_gradients[name].astype(float), gradients[name], rtol=1e-12, atol=1e-12)
    assert set(found.exact_elementwise) == set(found.elementwise)
    for link, value in found.elementwise.items():
        np.testing.assert_allclose(found.exact_elementwise[link].astype(float), value, rtol=1e-12)


def test_what_floats_cannot_say_is_exact() -> None:
    found = results({"z": "a + b", "loss": "sum(z)"}, a=[0.1, 1e16], b=[0.2, 1.0])
    assert found.exact_values["z"].tolist() == [Fraction("0.3"), Fraction(10**16 + 1)]
    assert found.shown("a").value == [0.1, 1e16]


def test_a_sigmoid_is_no_fraction_and_what_comes_before_it_is() -> None:
    found = results(
        {"z": "X @ w", "p": "sigmoid(z)", "q": "p * 1", "s": "softmax(X)", "loss": "sum(q)"}, X=X, w=[1.0, 2]
    )
    assert set(found.exact_values) == {"X", "w", "z"}
    assert set(found.exact_gradients("loss")) == {"loss"}
    assert found.gradients("loss")["q"].tolist() == [1.0, 1.0, 1.0]


def test_many_numbers_are_floats_alone() -> None:
    found = results({"loss": "sum(a)"}, a=[1.0] * (MOST_EXACT + 1))
    assert found.exact_values == {}
    assert found.values["loss"] == MOST_EXACT + 1


def test_inputs_without_a_derivative_are_refused() -> None:
    at_zero = results({"z": "a + b", "r": "relu(z)", "loss": "sum(r)"}, a=[0.1, 1.0], b=[0.2, -1.0])
    with pytest.raises(NoKey, match=r"graph g: relu\(z\) has no derivative where an element of z is 0; choose other"):
        _ = at_zero.values
    rounded = results({"z": "X @ w", "c": "z - 0.3", "r": "relu(c)", "loss": "sum(r)"}, X=[[0.1, 0.2]], w=[1.0, 1.0])
    with pytest.raises(NoKey, match="an element of c is 0"):  # in float64 it is 5.6e-17
        _ = rounded.values


def test_values_that_are_not_finite_are_refused() -> None:
    with pytest.raises(NoKey, match="graph g: z is not finite at these inputs; choose other inputs"):
        _ = results({"z": "log(a)", "loss": "sum(z)"}, a=[1.0, -1.0]).values
    steep = results({"z": "sqrt(a)", "loss": "sum(z)"}, a=[1.0, 0.0])
    with pytest.raises(NoKey, match="d z / d a is not finite"):
        _ = steep.elementwise
    with pytest.raises(NoKey, match="d loss / d a is not finite"):
        steep.gradients("loss")
