"""Values and gradients of arrays, as an instructor writes them."""

import pytest
from conftest import ROOT

from autograder.authoring.answer_key.array_derivation import ArrayDerived, derive, on_the_way
from autograder.authoring.answer_key.exact_arrays import ArrayResults
from autograder.graph import parse
from autograder.graph.array_graph import ArrayGraph
from autograder.graph.operation import Value
from autograder.rubric import load


def derived(nodes: dict[str, str], *wanted: str, **inputs: Value) -> ArrayDerived:
    parsed = parse(nodes, tuple(inputs))
    graph = ArrayGraph(parsed.inputs, parsed.nodes)
    return derive(ArrayResults(graph, graph.given(inputs), "graph g"), wanted)


@pytest.fixture(scope="module")
def regression() -> ArrayDerived:
    lab = load(ROOT / "labs/linear_regression")
    results = ArrayResults(lab.graphs["regression"], lab.published("regression"), "graph regression")
    return derive(results, ["dloss_de", "dloss_dw", "dloss_db"])


def test_value_is_formula_numbers_and_result(regression: ArrayDerived) -> None:
    z, *_, loss = regression.values
    assert (z.name, z.shape) == ("z", "vector of 4")
    assert z.pieces == (
        "z",
        r"= X \, w",
        r"= {\begin{bmatrix} 1 & 2 \\ 3 & 1 \\ -2 & 4 \\ 2 & -1 \end{bmatrix}} \, "
        r"{\begin{bmatrix} 0.5 \\ -1 \end{bmatrix}}",
        r"= {\begin{bmatrix} -1.5 \\ 0.5 \\ -5 \\ 2 \end{bmatrix}}",
    )
    assert (loss.shape, loss.pieces[-1]) == ("", "= 2.375")
    assert regression.inputs[0].shape == "4×2"


def test_gradients_go_back_node_by_node(regression: ArrayDerived) -> None:
    (back,) = regression.backward
    assert back.of == "loss"
    assert [each.name for each in back.gradients] == [
        "dloss_dq",
        "dloss_de",
        "dloss_dy_hat",
        "dloss_dz",
        "dloss_db",
        "dloss_dw",
    ]
    found = {each.name: each for each in back.gradients}
    assert found["dloss_dq"].pieces[1:3] == (
        r"= \frac{1}{n} \text{ at each place}",
        r"= \frac{1}{4} \text{ at each place}",
    )
    assert found["dloss_de"].pieces[1] == r"= \frac{\partial \mathit{loss}}{\partial q} \odot \left(2 \cdot e\right)"
    assert found["dloss_db"].pieces[1] == r"= \sum \frac{\partial \mathit{loss}}{\partial \hat{y}}"
    assert found["dloss_db"].note == "b is used 4 times in y_hat, so its gradient is a sum"
    assert found["dloss_dw"].pieces == (
        r"\frac{\partial \mathit{loss}}{\partial w}",
        r"= X^\top \frac{\partial \mathit{loss}}{\partial z}",
        r"= {\begin{bmatrix} 1 & 3 & -2 & 2 \\ 2 & 1 & 4 & -1 \end{bmatrix}} \, "
        r"{\begin{bmatrix} -0.75 \\ -1.25 \\ 0 \\ 0.5 \end{bmatrix}}",
        r"= {\begin{bmatrix} -3.5 \\ -3.25 \end{bmatrix}}",
    )


def test_local_derivatives_are_elementwise_or_left_out(regression: ArrayDerived) -> None:
    assert [each.name for each in regression.partials] == ["dq_de", "de_dy_hat", "de_dy", "dy_hat_dz"]
    assert regression.partials[2].pieces[1:] == (r"= -1 \text{ at each place}",)
    assert regression.partials[0].result.value == [-3.0, -5.0, 0.0, 2.0]


def test_vector_beside_a_matrix_is_a_row() -> None:
    right = derived({"a": "X + b", "loss": "sum(a)"}, "dloss_db", X=[[1, 2], [3, 4]], b=[0.1, -0.2])
    assert right.values[0].pieces[1] == r"= X + {b^\top}"
    assert r"+ {{\begin{bmatrix} 0.1 & -0.2 \end{bmatrix}}}" in right.values[0].pieces[2]
    assert right.backward[0].gradients[-1].note == "each element of b is used 2 times in a, so its gradient is a sum"


def test_node_with_two_users_has_a_sum() -> None:
    right = derived({"h": "x * w", "p": "h * x", "q": "h - p", "loss": "sum(q)"}, "dloss_dh", x=[1, 2], w=[3, 4])
    (h,) = (each for each in right.backward[0].gradients if each.name == "dloss_dh")
    assert h.pieces[1] == (
        r"= \frac{\partial \mathit{loss}}{\partial q} + \frac{\partial \mathit{loss}}{\partial p} \odot x"
    )
    assert h.result.value == [0.0, -1.0]


def test_each_number_that_is_differentiated_has_its_own_way_back() -> None:
    right = derived({"m": "mean(x)", "s": "x * m", "loss": "sum(s)"}, "dm_dx", "dloss_dx", x=[1, 2])
    assert {back.of: [each.name for each in back.gradients] for back in right.backward} == {
        "m": ["dm_dx"],
        "loss": ["dloss_ds", "dloss_dm", "dloss_dx"],
    }


def test_many_numbers_are_not_put_into_formulas() -> None:
    right = derived({"z": "X @ w", "loss": "mean(z)"}, "dloss_dw", X=[[0.5, 1.5]] * 40, w=[1, 2])
    assert right.values[0].pieces[:2] == ("z", r"= X \, w")
    assert len(right.values[0].pieces) == 3
    assert r"\vdots" in right.values[0].pieces[2]
    assert right.backward[0].gradients[-1].pieces[1:] == (
        r"= X^\top \frac{\partial \mathit{loss}}{\partial z}",
        r"= {\begin{bmatrix} 0.5 \\ 1.5 \end{bmatrix}}",
    )


def test_formula_with_numbers_is_left_out_where_it_is_too_wide() -> None:
    right = derived({"z": "X * Y", "loss": "sum(z)"}, X=[[1 / 3] * 3] * 2, Y=[[2 / 3] * 3] * 2)
    assert len(right.values[0].pieces) == 4
    right = derived({"z": "X * Y", "loss": "sum(z)"}, X=[[1 / 3] * 5] * 2, Y=[[2 / 3] * 5] * 2)
    assert [piece.count("bmatrix") for piece in right.values[0].pieces] == [0, 0, 2]


def test_only_what_leads_to_the_wanted_derivatives_is_on_the_way() -> None:
    lab = load(ROOT / "labs/linear_regression")
    results = ArrayResults(lab.graphs["regression"], lab.published("regression"), "graph regression")
    assert on_the_way(results, ["dloss_de"]) == {"loss": ("q", "e")}
    assert on_the_way(results, ["dq_de"]) == {}
