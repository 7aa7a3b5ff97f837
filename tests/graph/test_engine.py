"""The promises of computation graphs: right values, right derivatives, errors that say what to mend."""

import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_operations import TORCH

from autograder.graph import OPERATIONS as ALL_OPERATIONS
from autograder.graph import (
    ArrayOperation,
    Graph,
    GraphError,
    Node,
    Operation,
    derivative_name,
    parse,
    split_derivative,
)

# Those that numbers have; tests/graph/test_array_graph.py has the others.
OPERATIONS = {name: each for name, each in ALL_OPERATIONS.items() if not isinstance(each, ArrayOperation)}
GraphAndInputs = tuple[Graph, dict[str, float]]
TASK1 = parse({"y_hat": "x * w", "s": "y_hat - y", "loss": "s ** 2"})
TASK2 = parse(
    {"m1": "x1 * w1", "r": "relu(m1)", "m2": "r * w2", "y_hat": "sigmoid(m2)", "s": "y_hat - y", "loss": "s ** 2"}
)


def leaf(value: float) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def with_torch(graph: Graph, inputs: dict[str, float], of: str) -> tuple[dict[str, float], dict[str, float]]:
    """Values of all, and gradients of one node, of the same graph in torch in float64."""
    tensors = {name: leaf(value) for name, value in inputs.items()}
    for node in graph.nodes:
        operands = [tensors[name] if isinstance(name, str) else leaf(name) for name in node.operands]
        tensors[node.name] = TORCH[node.operation](*operands)
    before = graph.names[: graph.names.index(of)]
    found = torch.autograd.grad(tensors[of], [tensors[name] for name in before], allow_unused=True)
    gradients = {name: 0.0 if g is None else g.item() for name, g in zip(before, found, strict=True)}
    return {name: tensor.item() for name, tensor in tensors.items()}, gradients


def same(ours: float, theirs: float) -> bool:
    both_nan = math.isnan(ours) and math.isnan(theirs)
    return both_nan or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12)


@st.composite
def graphs(draw: st.DrawFn) -> GraphAndInputs:
    """A random graph over all operations, with operands on which each is smooth and tame, and its inputs."""
    inputs = {f"x{i}": draw(st.floats(-2, 2)) for i in range(draw(st.integers(1, 4)))}
    values, nodes = dict(inputs), list[Node]()
    for position in range(draw(st.integers(1, 8))):
        operation = OPERATIONS[draw(st.sampled_from(sorted(OPERATIONS)))]
        operands: list[str | float] = []
        for _ in range(operation.arity):
            constant = draw(st.floats(-3, 3).filter(lambda x: abs(x) > 0.1))
            choices: list[str | float] = [*values, constant]
            operands.append(draw(st.sampled_from(choices)))
        if operation.name == "**" and draw(st.booleans()):
            operands[1] = float(draw(st.integers(-2, 3)))
        numbers = [values[operand] if isinstance(operand, str) else operand for operand in operands]
        if not is_tame(operation, numbers):
            operation, operands, numbers = OPERATIONS["tanh"], operands[:1], numbers[:1]
        node = Node(f"n{position}", operation.name, tuple(operands))
        nodes.append(node)
        values[node.name] = operation.forward(*numbers)
    return Graph(tuple(inputs), tuple(nodes)), inputs


def is_tame(operation: Operation, numbers: list[float]) -> bool:
    """Far enough from kinks and poles, and small enough, for central differences to be accurate."""
    first, last = numbers[0], numbers[-1]
    far = {
        "log": first > 0.3,
        "relu": abs(first) > 0.01,
        "abs": abs(first) > 0.01,
        "sqrt": first > 0.1,
        "/": abs(last) > 0.3,
        "**": first > 0.3 and abs(last) < 4,
    }
    return far.get(operation.name, True) and abs(operation.forward(*numbers)) < 50


@given(graphs())
def test_values_and_gradients_are_those_of_autograd(graph_and_inputs: GraphAndInputs) -> None:
    graph, inputs = graph_and_inputs
    values = graph.values(inputs)
    for node in graph.nodes:
        theirs, their_gradients = with_torch(graph, inputs, node.name)
        gradients = graph.gradients(values, node.name)
        assert list(gradients) == list(their_gradients)
        assert all(same(gradients[name], their_gradients[name]) for name in gradients)
    assert list(values) == list(theirs)
    assert all(same(values[name], theirs[name]) for name in values)


@given(graphs())
def test_gradients_are_those_of_central_differences(graph_and_inputs: GraphAndInputs) -> None:
    graph, inputs = graph_and_inputs
    gradients = graph.gradients(graph.values(inputs))
    for name in inputs:

        def output(step: float, name: str = name) -> float:
            return graph.values({**inputs, name: inputs[name] + step})[graph.output]

        coarse, fine = ((output(h) - output(-h)) / (2 * h) for h in (2e-4, 1e-4))
        extrapolated = (4 * fine - coarse) / 3
        room = 10 * abs(fine - coarse) + 1e-6 * (1 + abs(fine))
        assert abs(gradients[name] - extrapolated) <= room


@given(graphs())
def test_local_partials_are_those_of_the_node_alone(graph_and_inputs: GraphAndInputs) -> None:
    graph, inputs = graph_and_inputs
    values = graph.values(inputs)
    for node in filter(lambda node: node.names, graph.nodes):
        alone = Graph(node.names, (node,))
        _, gradients = with_torch(alone, {name: values[name] for name in node.names}, node.name)
        partials = graph.partials(values)
        assert all(same(partials[node.name, name], gradients[name]) for name in node.names)


@given(graphs())
def test_the_text_of_a_graph_parses_to_the_same_graph(graph_and_inputs: GraphAndInputs) -> None:
    graph, _ = graph_and_inputs
    again = parse({node.name: node.text for node in graph.nodes}, graph.inputs)
    assert [node.text for node in again.nodes] == [node.text for node in graph.nodes]
    assert [node.names for node in again.nodes] == [node.names for node in graph.nodes]


EXTREMES = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    710.0,
    -710.0,
    1e200,
    -1e200,
    5e-324,
    math.inf,
    -math.inf,
    math.nan,
]


@pytest.mark.parametrize("name", OPERATIONS)
def test_extreme_numbers_give_what_torch_gives(name: str) -> None:
    operation = OPERATIONS[name]
    operands = ("a", "b")[: operation.arity]
    graph = Graph(operands, (Node("out", name, operands),))
    for a in EXTREMES:
        for b in EXTREMES if operation.arity == 2 else [0.0]:
            inputs = dict(zip(operands, (a, b), strict=False))
            theirs, their_gradients = with_torch(graph, inputs, "out")
            values = graph.values(inputs)
            assert same(values["out"], theirs["out"]), inputs
            ours = graph.gradients(values)
            assert all(same(ours[operand], their_gradients[operand]) for operand in operands), (inputs, ours)


@pytest.mark.parametrize(
    ("expression", "value", "gradient"),
    [
        ("x ** 2", 0.0, 0.0),
        ("x ** 1", 0.0, 1.0),
        ("x ** 0", 1.0, 0.0),
        ("x ** -1", math.inf, -math.inf),
        ("1 / x", math.inf, -math.inf),
        ("-1 / x", -math.inf, math.inf),
        ("log(x)", -math.inf, math.inf),
        ("relu(x)", 0.0, 0.0),
        ("sigmoid(x)", 0.5, 0.25),
        ("2 ** x", 1.0, math.log(2)),
        ("0 ** x", 1.0, 0.0),
        ("x * x", 0.0, 0.0),
        ("-x", 0.0, -1.0),
    ],
)
def test_derivatives_at_zero(expression: str, value: float, gradient: float) -> None:
    graph = parse({"out": expression})
    values = graph.values({"x": 0.0})
    assert values["out"] == value
    assert graph.gradients(values)["x"] == gradient


def test_zero_divided_by_zero_is_nan_and_nothing_raises() -> None:
    assert math.isnan(parse({"out": "a / b"}).values({"a": 0, "b": 0})["out"])
    assert math.isnan(parse({"out": "x ** 0.5"}).values({"x": -1})["out"])
    assert parse({"out": "exp(x)"}).values({"x": 1e6})["out"] == math.inf


def test_sigmoid_is_accurate_far_from_zero() -> None:
    sigmoid = OPERATIONS["sigmoid"].forward
    assert sigmoid(-700.0) == pytest.approx(math.exp(-700.0), rel=1e-12, abs=0)
    assert sigmoid(1e308) == 1.0
    assert sigmoid(-1e308) == 0.0


def test_what_depends_on_a_name_is_found_with_it() -> None:
    assert TASK2.with_dependents(["w2", "y"]) == {"w2", "y", "m2", "y_hat", "s", "loss"}
    assert TASK2.with_dependents(["loss"]) == {"loss"}
    assert TASK2.with_dependents([]) == set()


def test_task_1_has_the_numbers_of_the_paper() -> None:
    values = TASK1.values({"x": 4, "y": 1, "w": 0.5})
    assert [values[name] for name in ("y_hat", "s", "loss")] == [2, 1, 1]
    assert TASK1.gradients(values)["w"] == 8


def test_task_2_has_the_numbers_of_the_paper() -> None:
    values = TASK2.values({"x1": 4, "w1": 0.5, "w2": 0.2, "y": 1})
    nodes = [round(values[name], 9) for name in ("m1", "r", "m2", "y_hat", "s", "loss")]
    assert nodes == [2, 2, 0.4, 0.598687660, -0.401312340, 0.161051594]
    gradients = TASK2.gradients(values)
    assert round(gradients["w2"], 9) == -0.385678408
    assert round(gradients["w1"], 9) == -0.154271363


def test_a_dead_relu_stops_both_gradients() -> None:
    gradients = TASK2.gradients(TASK2.values({"x1": 2.9, "w1": -0.8, "w2": -2.3, "y": 1.4}))
    assert gradients["w1"] == 0.0
    assert gradients["w2"] == 0.0
    assert gradients["y"] == pytest.approx(1.8)


def test_a_value_used_twice_collects_both_gradients() -> None:
    graph = parse({"square": "x * x", "cube": "square * x"})
    values = graph.values({"x": 3})
    assert graph.partials(values) == {("square", "x"): 6, ("cube", "square"): 3, ("cube", "x"): 9}
    assert graph.gradients(values) == {"x": 27, "square": 3}


def test_what_the_node_does_not_depend_on_has_the_gradient_zero() -> None:
    graph = parse({"pole": "log(z)", "out": "x * 2"})
    assert graph.gradients(graph.values({"z": 0, "x": 1})) == {"z": 0.0, "x": 2.0, "pole": 0.0}


def test_gradients_of_an_inner_node_reach_only_what_comes_before_it() -> None:
    values = TASK1.values({"x": 4, "y": 1, "w": 0.5})
    assert TASK1.gradients(values, of="s") == {"x": 0.5, "w": 4, "y": -1, "y_hat": 1}


def test_partials_follow_from_values_of_a_students_own() -> None:
    """A wrong y_hat of 0.7 makes sigmoid' 0.7 * 0.3, as the student works it out."""
    values = {**TASK2.values({"x1": 4, "w1": 0.5, "w2": 0.2, "y": 1}), "y_hat": 0.7, "s": -0.3}
    partials = TASK2.partials(values)
    assert partials["y_hat", "m2"] == pytest.approx(0.21)
    assert partials["loss", "s"] == pytest.approx(-0.6)
    assert TASK2.gradients(values)["w2"] == pytest.approx(-0.6 * 0.21 * 2)


def test_inputs_default_to_the_names_used_but_not_defined_in_order() -> None:
    assert TASK2.inputs == ("x1", "w1", "w2", "y")
    assert TASK2.output == "loss"
    assert parse({"s": "a - b"}, inputs=["b", "a", "unused"]).inputs == ("b", "a", "unused")


@pytest.mark.parametrize(
    "text",
    [
        "x * w",
        "x + 2",
        "0.1 * x",
        "x - y",
        "x / 2",
        "s ** 2",
        "x ** (-2)",
        "1 - y",
        "-t",
        "x * 1e-30",
        "relu(m1)",
        "sigmoid(x)",
        "tanh(x)",
        "exp(x)",
        "log(x)",
    ],
)
def test_an_expression_reads_back_as_it_was_written(text: str) -> None:
    assert parse({"out": text}).nodes[0].text == text


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ({}, ["no nodes"]),
        ({"s": "x * w - y"}, ["`s`", "more than one operation", "`s_1 = x * w`"]),
        ({"r": "relu(x * w)"}, ["`r`", "more than one operation", "`r_1 = x * w`"]),
        (
            {"r": "sin(x)"},
            ["`r`", "sin(x)", "allowed", "a + b", "relu(a), sigmoid(a), tanh(a)", "sum(a, axis=0)", "a.T"],
        ),
        ({"r": "x ^ 2"}, ["`r`", "x ^ 2", "**"]),
        ({"r": "x"}, ["`r`", "allowed"]),
        ({"r": "relu(x, y)"}, ["`r`", "relu(x, y)", "relu(a)"]),
        ({"r": "x * 'two'"}, ["`r`", "'two'", "number"]),
        ({"r": "x * 1e999"}, ["`r`", "1e999", "finite"]),
        ({"r": "x * True"}, ["`r`", "True"]),
        ({"r": "x *"}, ["`r`", "cannot be read"]),
        ({"r": ""}, ["`r`", "cannot be read"]),
        ({"r": "r + 1"}, ["`r`", "above", "cycle"]),
        ({"a": "b + 1", "b": "x + 1"}, ["`a`", "`b`", "above"]),
        ({"relu": "x * y"}, ["`relu` is the name of an operation", "another name"]),
        ({"r": "mean(x, axis=2)"}, ["`r`", "mean(x, axis=2)", "mean(a, axis=1)"]),
        ({"r": "x.U"}, ["`r`", "x.U", "a.T"]),
        ({"r": "sum(x @ w)"}, ["`r`", "more than one operation", "`r_1 = x @ w`"]),
        ({"y hat": "x * y"}, ["`y hat`", "not a name"]),
        ({"lambda": "x * y"}, ["`lambda`", "not a name"]),
        ({"out": "__import__('os').system('true')"}, ["`out`", "allowed"]),
    ],
)
def test_a_graph_without_sense_is_refused_with_what_to_mend(nodes: dict[str, str], words: list[str]) -> None:
    with pytest.raises(GraphError) as caught:
        parse(nodes)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_names_that_clash_or_are_unknown_are_refused() -> None:
    with pytest.raises(GraphError, match="`x` is already"):
        parse({"x": "w * 2"}, inputs=["x", "w"])
    with pytest.raises(GraphError, match="`s` is already"):
        Graph(("x",), (Node("s", "neg", ("x",)), Node("s", "neg", ("x",))))
    with pytest.raises(GraphError, match="`q`"):
        parse({"s": "x * q"}, inputs=["x"])


@pytest.mark.parametrize(
    ("inputs", "named"), [({"x": 1, "w": 2}, "`y`"), ({"x": 1, "w": 2, "y": 3, "q": 4}, "`q`"), ({}, "`w`, `x`, `y`")]
)
def test_missing_and_unknown_inputs_are_named(inputs: dict[str, float], named: str) -> None:
    with pytest.raises(GraphError, match=f"Missing or unknown: {named};"):
        TASK1.values(inputs)


def test_missing_values_and_nodes_are_named() -> None:
    with pytest.raises(GraphError, match="No value is given for `y_hat`, `s`, `loss`"):
        TASK1.partials({"x": 1, "w": 2, "y": 3})
    with pytest.raises(GraphError, match="no node `x`"):
        TASK1.gradients(TASK1.values({"x": 1, "w": 2, "y": 3}), of="x")


def test_derivative_names_split_only_at_known_names() -> None:
    known = {"loss", "w", "y_hat", "m2", "y"}
    assert derivative_name("y_hat", "m2") == "dy_hat_dm2"
    assert split_derivative("dy_hat_dm2", known) == ("y_hat", "m2")
    for name in ("dloss_dw2", "loss", "dloss", "loss_dw", "d_d", ""):
        assert split_derivative(name, known) is None


def test_derivative_name_is_split_at_known_names() -> None:
    assert split_derivative("da_db_dc", {"a_db", "c"}) == ("a_db", "c")
    assert split_derivative("da_db_dc", {"a", "b_dc"}) == ("a", "b_dc")
    assert split_derivative("da_db_dc", {"a", "b_dc", "a_db", "c"}) == ("a", "b_dc")
    assert split_derivative("da_db_dc", {"a", "c"}) is None


def test_the_largest_float_is_an_operand() -> None:
    assert parse({"out": "x * 1.7976931348623157e308"}).values({"x": 1})["out"] == 1.7976931348623157e308
    assert parse({"out": "x - -1.7976931348623157e308"}).nodes[0].operands == ("x", -1.7976931348623157e308)


def test_an_error_names_its_node() -> None:
    with pytest.raises(GraphError) as caught:
        parse({"a": "x + 1", "b": "a ^ 2"})
    assert caught.value.node == "b"
    with pytest.raises(GraphError) as caught:
        parse({"neg": "-x"})
    assert caught.value.node == "neg"
    with pytest.raises(GraphError) as caught:
        parse({})
    assert caught.value.node is None


def test_a_graph_is_shown_without_its_table_of_operations() -> None:
    assert repr(parse({"out": "x + y"})) == (
        "Graph(inputs=('x', 'y'), nodes=(Node(name='out', operation='+', operands=('x', 'y')),))"
    )


def test_operations_have_derivatives_and_latex() -> None:
    for operation in ALL_OPERATIONS.values():
        assert len(operation.partials) == len(operation.latex_partials) == operation.arity
        names = [*"ab"[: operation.arity], "n"]
        for template in (operation.latex, *operation.latex_partials):
            filled = template.format(*names, g="g")
            assert filled.count("{") == filled.count("}")


def test_the_table_of_operations_cannot_be_changed() -> None:
    table: Any = ALL_OPERATIONS
    with pytest.raises(TypeError):
        table["+"] = OPERATIONS["-"]


def test_inputs_are_of_one_kind_where_all_kinks_are_on_one_side() -> None:
    graph = parse({"a": "x * y", "r": "relu(a)", "b": "r - x", "q": "relu(b)", "one": "relu(1)"})
    assert graph.sides({"x": 1.0, "y": 3.0}) == (True, True, True)
    assert graph.sides({"x": -1.0, "y": 3.0}) == (False, True, True)
    assert graph.sides({"x": 0.0, "y": 3.0}) == (False, False, True)
    assert parse({"a": "x * y"}).sides({"x": 1.0, "y": -3.0}) == ()


def test_gradients_that_nobody_wants_are_left_out() -> None:
    local = TASK2.partials(TASK2.values({"x1": 4.0, "w1": 0.5, "w2": 0.2, "y": 1.0}))
    whole = TASK2.backward(local)
    for wanted in ("w2", "w1"):
        found = TASK2.backward(local, wrt=(wanted,))
        assert found[wanted] == whole[wanted] != 0
        assert [found["y"], found["x1"]] == [0, 0]
        assert (found["m1"] == 0) == (wanted == "w2")
