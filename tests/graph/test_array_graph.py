"""The promises of graphs on vectors and matrices: torch's values and gradients, and shapes that are checked."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_operations import TORCH

from autograder.graph import OPERATIONS, ArrayOperation, GraphError, LabOperation, Node, derivative_name, parse
from autograder.graph.array_graph import ArrayGraph
from autograder.graph.quantities import expected, is_ambiguous

functional = torch.nn.functional
STEP = 1e-6
SIZES = st.integers(1, 4)
Shapes = list[tuple[int, ...]]


@st.composite
def operands(draw: st.DrawFn, operation: LabOperation) -> list[Any]:
    """Arrays that an operation can take, of random shapes, away from its kinks and poles."""
    n, m, k = draw(SIZES), draw(SIZES), draw(SIZES)
    shapes: Shapes
    match operation.name:
        case "@":
            shapes = draw(st.sampled_from([[(n, m), (m, k)], [(n, m), (m,)], [(m,), (m, k)], [(m,), (m,)]]))
        case "T" | "sum axis 1" | "mean axis 1":
            shapes = [(n, m)]
        case "cross_entropy":
            shapes = [(n, k + 1), (n,)]
        case "mse":
            shapes = [draw(st.sampled_from([(n,), (n, m), ()]))] * 2
        case _ if operation.arity == 2:
            shapes = draw(st.sampled_from([[(n, m), (n, m)], [(n, m), (m,)], [(n, 1), (m,)], [(n, m), ()], [(), (n,)]]))
        case _:
            shapes = [draw(st.sampled_from([(n,), (n, m)]))]
    generator = np.random.default_rng(draw(st.integers(0, 1000)))
    arrays: list[Any] = [generator.uniform(0.3, 2.0, shape) * generator.choice([-1, 1], shape) for shape in shapes]
    if operation.name in ("log", "sqrt", "**"):
        arrays[0] = abs(arrays[0])
    if operation.name == "cross_entropy":
        arrays[1] = generator.integers(0, k + 1, n)
    return arrays


@settings(max_examples=25)
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
@given(data=st.data())
def test_values_and_gradients_are_those_of_torch_and_of_central_differences(
    operation: LabOperation, data: st.DataObject
) -> None:
    arrays = data.draw(operands(operation))
    names = ["a", "b"][: operation.arity]
    weights = np.random.default_rng(7).normal(size=shape_of(operation, arrays))
    graph = ArrayGraph(
        (*names, "c"),
        (Node("n", operation.name, tuple(names)), Node("weighed", "*", ("n", "c")), Node("loss", "sum", ("weighed",))),
    )
    inputs = {**dict(zip(names, arrays, strict=True)), "c": weights}
    values = graph.values(inputs)
    tensors = [torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in arrays]
    theirs = TORCH[operation.name](*tensors)
    assert graph.shapes({name: np.shape(value) for name, value in inputs.items()})["n"] == tuple(theirs.shape)
    assert np.shape(values["n"]) == tuple(theirs.shape)
    np.testing.assert_allclose(values["n"], theirs.detach().numpy(), rtol=1e-9, atol=1e-12)
    (theirs * torch.tensor(weights)).sum().backward()
    ours = graph.gradients(values)
    for name, tensor, array in zip(names, tensors, arrays, strict=True):
        if operation.name == "cross_entropy" and name == "b":
            continue
        assert np.shape(ours[name]) == np.shape(array)
        np.testing.assert_allclose(
            ours[name], torch.zeros_like(tensor) if tensor.grad is None else tensor.grad, atol=1e-9
        )
        np.testing.assert_allclose(ours[name], by_differences(graph, inputs, name), rtol=1e-4, atol=1e-6)


def shape_of(operation: LabOperation, arrays: list[Any]) -> tuple[int, ...]:
    return tuple(TORCH[operation.name](*(torch.tensor(each) for each in arrays)).shape)


def by_differences(graph: ArrayGraph, inputs: dict[str, Any], name: str) -> Any:
    array = np.asarray(inputs[name], dtype=float)
    found = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        step = np.zeros(array.shape)
        step[index] = STEP
        high, low = (graph.values({**inputs, name: array + sign * step})["loss"] for sign in (1, -1))
        found[index] = (high - low) / (2 * STEP)
    return found


NETWORK = {"Z": "X @ W", "A": "Z + b", "H": "relu(A)", "L": "H @ V", "loss": "cross_entropy(L, y)"}
SHAPES = {"X": (5, 3), "W": (3, 4), "b": (4,), "V": (4, 3), "y": (5,)}


def arrays(nodes: dict[str, str]) -> ArrayGraph:
    graph = parse(nodes)
    return ArrayGraph(graph.inputs, graph.nodes)


def drawn(shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    generator = np.random.default_rng(3)
    return {
        name: generator.integers(0, 3, shape) if name == "y" else generator.normal(size=shape)
        for name, shape in shapes.items()
    }


def test_a_network_has_torchs_gradients() -> None:
    graph, inputs = arrays(NETWORK), drawn(SHAPES)
    tensors = {name: torch.tensor(value, requires_grad=name != "y") for name, value in inputs.items()}
    hidden = torch.relu(tensors["X"] @ tensors["W"] + tensors["b"])
    loss = functional.cross_entropy(hidden @ tensors["V"], tensors["y"])
    loss.backward()
    values = graph.values(inputs)
    assert values["loss"] == pytest.approx(loss.item())
    gradients = graph.gradients(values)
    for name in "XWbV":
        np.testing.assert_allclose(gradients[name], tensors[name].grad, atol=1e-12)
    assert graph.labels == {"y"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"W": (2, 4)}, ["`Z`", "X has shape (5, 3) and W has shape (2, 4)", "3, must be the first size"]),
        ({"b": (3,)}, ["`A`", "Z has shape (5, 4) and b has shape (3,)", "broadcast"]),
        ({"y": (4,)}, ["`loss`", "a label for each of the n rows"]),
    ],
)
def test_shapes_that_do_not_fit_are_named_with_their_node(changed: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(GraphError) as caught:
        arrays(NETWORK).shapes({**SHAPES, **changed})
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_loss_of_two_shapes_is_refused_although_numpy_broadcasts_it() -> None:
    graph = arrays({"loss": "mse(y_hat, y)"})
    with pytest.raises(GraphError, match="every element with every other"):
        graph.shapes({"y_hat": (4, 1), "y": (4,)})


def test_a_derivative_is_a_gradient_of_a_number_or_an_elementwise_one() -> None:
    graph, inputs = arrays(NETWORK), drawn(SHAPES)
    found = expected(graph, ["dloss_dW", "dloss_dA", "dH_dA", "dA_dZ"], inputs)
    assert {name: value.shape for name, value in found.items()} == {
        "dloss_dW": (3, 4),
        "dloss_dA": (5, 4),
        "dH_dA": (5, 4),
        "dA_dZ": (5, 4),
    }
    assert set(found["dA_dZ"].ravel()) == {1.0}
    assert set(found["dH_dA"].ravel()) == {0.0, 1.0}
    for name in ("dZ_dW", "dA_db", "dL_dW"):
        with pytest.raises(LookupError):
            expected(graph, [name], inputs)


def test_an_operand_that_is_used_twice_gets_the_gradient_of_both_ways() -> None:
    graph = arrays({"p": "x * x", "loss": "sum(p)"})
    x = np.array([1.0, -2.0, 3.0])
    np.testing.assert_allclose(graph.gradients(graph.values({"x": x}))["x"], 2 * x)
    square = arrays({"P": "A @ A", "loss": "sum(P)"})
    matrix = drawn({"A": (3, 3)})["A"]
    tensor = torch.tensor(matrix, requires_grad=True)
    (tensor @ tensor).sum().backward()
    np.testing.assert_allclose(square.gradients(square.values({"A": matrix}))["A"], tensor.grad, atol=1e-12)
    assert is_ambiguous(arrays({"z": "x * w", "s": "z + x", "loss": "sum(s)"}), "ds_dx")


def test_what_nothing_reaches_has_a_gradient_of_zeros() -> None:
    graph = arrays({"h": "x * w", "g": "h + x", "loss": "sum(h)"})
    gradients = graph.gradients(graph.values({"x": np.ones(3), "w": np.ones(3)}))
    np.testing.assert_array_equal(gradients["g"], np.zeros(()))


def test_inputs_become_arrays_and_labels_whole_numbers() -> None:
    found = arrays(NETWORK).given({"X": [[1, 2]], "y": [0, 2], "lr": 0.1})
    assert found["X"].dtype == np.float64
    assert found["y"].dtype == np.int64
    assert found["lr"] == 0.1


def test_every_operation_has_a_row_for_arrays_or_is_lifted() -> None:
    assert set(TORCH) == set(OPERATIONS)
    for each in OPERATIONS.values():
        if isinstance(each, ArrayOperation):
            assert len(each.pulls) == each.arity


def test_a_total_derivative_of_a_number_has_the_shape_of_what_it_is_by() -> None:
    graph = arrays({"z": "X @ w", "m": "mean(z)", "loss": "m ** 2"})
    found = expected(graph, [derivative_name("m", "w"), "dm_dz", "dloss_dm"], drawn({"X": (4, 2), "w": (2,)}))
    assert found["dm_dw"].shape == (2,)
    np.testing.assert_allclose(found["dm_dz"], np.full(4, 0.25))
    assert isinstance(found["dloss_dm"], float)
