"""What is exact is shown exactly, and the chain rule is written out factor by factor over every path."""

import math

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from autograder.authoring.answer_key.derivation import MOST_PATHS, Derived, chained, derive
from autograder.authoring.answer_key.exact import Exact, NoKey, number, rational
from autograder.graph import Graph, parse

TASK2 = {"m1": "x1 * w1", "r": "relu(m1)", "m2": "r * w2", "y_hat": "sigmoid(m2)", "s": "y_hat - y", "loss": "s ** 2"}


def worked_out(nodes: dict[str, str], inputs: dict[str, float], *wanted: str) -> Derived:
    graph = parse(nodes)
    return derive(graph, Exact(graph, inputs, "here"), wanted)


def pieces(derived: Derived) -> dict[str, str]:
    return {each.name: " ".join(each.pieces) for each in (*derived.values, *derived.partials)}


def test_decimals_are_exact_fractions() -> None:
    assert rational(0.1) * 3 == rational(0.3)
    assert number(rational(0.5)).equals == (r"= \frac{1}{2}", "= 0.5")
    assert number(rational(1) / 3).equals == (r"= \frac{1}{3}", r"\approx 0.333333")
    assert number(rational(-2)).equals == ("= -2",)
    assert number(rational(0.2137)).equals == ("= 0.2137",)
    assert number(rational(1.23456789)).equals == (r"\approx 1.23457",)
    assert number(rational(1e-7)).equals == (r"= 1 \cdot 10^{-7}",)
    assert number(rational(0.1) + rational(0.2)).value == 0.3  # which it is not in float64
    assert number(rational(0)).value == 0.0
    y_hat = worked_out(TASK2, {"x1": 4, "w1": 0.5, "w2": 0.2, "y": 1}).values[3].number
    assert (y_hat.exact, y_hat.rounded) == (r"\frac{1}{e^{- \frac{2}{5}} + 1}", True)
    assert y_hat.value == 1 / (1 + math.exp(-0.4))


def test_formulas_with_names_numbers_and_result() -> None:
    told = pieces(worked_out(TASK2, {"x1": 4, "w1": 0.5, "w2": 0.2, "y": 1}))
    assert told["m2"] == r"m_2 = r \cdot w_2 = 2 \cdot 0.2 = \frac{2}{5} = 0.4"
    assert told["r"] == r"r = \mathrm{ReLU}(m_1) = \mathrm{ReLU}(2) = 2"
    assert told["dloss_ds"].startswith(
        r"\frac{\partial \mathit{loss}}{\partial s} = 2 \cdot s = 2 \cdot (-0.401312) = "
    )
    assert told["dr_dm1"] == r"\frac{\partial r}{\partial m_1} = [m_1 > 0] = [2 > 0] = 1"
    assert told["ds_dy_hat"] == r"\frac{\partial s}{\partial \hat{y}} = 1"
    assert told["dm2_dw2"] == r"\frac{\partial m_2}{\partial w_2} = r = 2"


def test_negative_numbers_are_in_brackets_where_they_have_to_be() -> None:
    nodes = {"a": "x * x", "b": "a - x", "c": "x ** 3", "d": "-x", "e": "exp(x)", "f": "x / b", "g": "c * -2"}
    told = pieces(worked_out(nodes, {"x": -3.0}))
    assert told["a"] == r"a = x \cdot x = -3 \cdot (-3) = 9"
    assert told["da_dx"] == r"\frac{\partial a}{\partial x} = x + x = -3 + \left(-3\right) = -6"
    assert told["b"] == "b = a - x = 9 - (-3) = 12"
    assert told["c"] == "c = x^{3} = (-3)^{3} = -27"
    assert told["dc_dx"] == r"\frac{\partial c}{\partial x} = 3 \cdot x^{2} = 3 \cdot (-3)^{2} = 27"
    assert told["d"] == "d = -x = -(-3) = 3"
    assert told["e"] == r"e = e^{x} = e^{-3} \approx 0.0497871"
    assert told["f"].startswith(r"f = \frac{x}{b} = \frac{-3}{12} = ")
    assert told["g"] == r"g = c \cdot (-2) = -27 \cdot (-2) = 54"


def test_the_chain_rule_is_written_out_in_signs_formulas_and_numbers() -> None:
    (gradient,) = worked_out(TASK2, {"x1": 4, "w1": 0.5, "w2": 0.2, "y": 1}, "dloss_dw2").gradients
    assert [" ".join(line) for line in gradient.lines] == [
        r"\frac{\partial \mathit{loss}}{\partial w_2} = \frac{\partial \mathit{loss}}{\partial s}"
        r" \cdot \frac{\partial s}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial m_2}"
        r" \cdot \frac{\partial m_2}{\partial w_2}",
        r"= 2 \cdot s \cdot 1 \cdot \hat{y}(1 - \hat{y}) \cdot r",
        r"= -0.802625 \cdot 1 \cdot 0.240261 \cdot 2",
        r"\approx -0.385678",
    ]


def test_paths_are_added_up_in_brackets_where_needed() -> None:
    (gradient,) = worked_out({"a": "x * x", "b": "a - x", "loss": "b * a"}, {"x": 3.0}, "dloss_dx").gradients
    assert [" ".join(line) for line in gradient.lines][1:] == [
        r"= a \cdot 1 \cdot \left(x + x\right) + a \cdot \left(-1\right) + b \cdot \left(x + x\right)",
        r"= 9 \cdot 1 \cdot 6 + 9 \cdot \left(-1\right) + 6 \cdot 6",
        r"= 54 + \left(-9\right) + 36",
        "= 81",
    ]


def test_of_very_many_paths_the_rest_is_one_term() -> None:
    nodes = {"a0": "x + x"}
    for n in range(1, 6):
        nodes |= {f"b{n}": f"tanh(a{n - 1})", f"a{n}": f"b{n} + a{n - 1}"}
    graph = parse(nodes)
    numbers = Exact(graph, {"x": 0.0}, "here")
    (gradient,) = derive(graph, numbers, [f"d{graph.output}_dx"]).gradients
    assert gradient.of_paths == 32
    assert len(gradient.paths) == MOST_PATHS
    assert gradient.number.value == 64
    assert gradient.lines[0][-1] == r"+ \cdots"
    assert gradient.lines[-2][-1] == "+ 48"


def test_graph_too_large_for_exact_values_is_refused() -> None:
    nodes = {"a0": "tanh(x)"} | {f"a{n}": f"a{n - 1} * a{n - 1}" for n in range(1, 40)}
    assert worked_out(nodes, {"x": 1.0}).values  # an operand used twice is one arrow
    nodes = {"a0": "tanh(x)"}
    for n in range(1, 40):
        nodes |= {f"b{n}": f"tanh(a{n - 1})", f"a{n}": f"b{n} + a{n - 1}"}
    with pytest.raises(NoKey, match="here: more than 100 paths lead to a7, too many for exact values"):
        worked_out(nodes, {"x": 1.0})


def test_a_gradient_of_what_is_not_depended_on_is_0() -> None:
    (gradient,) = worked_out({"a": "x * y", "b": "x + 1"}, {"x": 3.0, "y": 2.0}, "db_dy").gradients
    assert (gradient.paths, gradient.of_paths, gradient.number.value) == ((), 0, 0.0)
    assert gradient.lines[0][1:] == ("= 0",)


def test_chain_rule_is_for_longer_paths() -> None:
    graph = parse({"a": "x * w", "b": "a + x"})
    assert chained(graph, "db_dx")  # directly and through a
    assert chained(graph, "db_dw")
    assert not chained(graph, "da_dx")
    assert not chained(graph, "b")


@pytest.mark.parametrize(
    ("nodes", "x", "what"),
    [
        ({"a": "log(x)"}, -1.0, "a"),
        ({"a": "1 / x"}, 0.0, "a"),
        ({"a": "x ** 0.5"}, 0.0, "d a / d x"),
        ({"a": "exp(x)"}, 1000.0, "a"),
    ],
)
def test_what_is_not_finite_is_named(nodes: dict[str, str], x: float, what: str) -> None:
    with pytest.raises(NoKey, match=f"^here: {what} is not a finite number at these inputs; choose other inputs$"):
        worked_out(nodes, {"x": x})


OPERATIONS = ("{} + {}", "{} - {}", "{} * {}", "tanh({})", "sigmoid({})", "-{}", "{} ** 2", "exp({})")


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Small graphs in which nodes are used as often as it comes."""
    names, nodes = ["x", "w"], {}
    for position in range(draw(st.integers(1, 6))):
        text = draw(st.sampled_from(OPERATIONS))
        nodes[f"n{position}"] = text.format(*(draw(st.sampled_from(names)) for _ in range(text.count("{}"))))
        names.append(f"n{position}")
    return parse(nodes, ("x", "w"))


@given(graphs(), st.integers(-9, 9), st.integers(-9, 9))
def test_paths_add_up_to_the_gradient(graph: Graph, x: int, w: int) -> None:
    inputs = {"x": x / 10, "w": w / 10}
    numbers = Exact(graph, inputs, "here")
    found = derive(graph, numbers, [f"d{graph.output}_dw"]).gradients[0]
    engine = graph.gradients(graph.values(inputs))["w"]
    near = dict(rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(found.number.value, engine, **near)
    assert math.isclose(numbers.difference(graph.output, "w"), engine, **near)
    if found.of_paths <= MOST_PATHS:
        assert math.isclose(sum(path.value for path in found.paths), engine, **near)
    for node in graph.nodes:
        for operand in node.names:
            difference = numbers.local_difference(node, operand)
            assert math.isclose(float(numbers.partials[node.name, operand]), difference, **near)


def test_a_logarithm_stands_before_its_argument_in_brackets() -> None:
    told = pieces(worked_out({"p": "log(y_hat)", "q": "y_hat ** k"}, {"y_hat": 0.5, "k": 3.0}))
    assert told["p"] == r"p = \ln(\hat{y}) = \ln(0.5) = - \ln{\left(2 \right)} \approx -0.693147"
    assert told["dq_dk"].startswith(r"\frac{\partial q}{\partial k} = q \cdot \ln(\hat{y}) = 0.125 \cdot \ln(0.5) = ")


@pytest.mark.parametrize(
    ("text", "equals"),
    [
        ("1/999", (r"= \frac{1}{999}", r"\approx 0.001001")),
        ("1/1000", ("= 0.001",)),
        ("1/1001", (r"\approx 0.000999001",)),
        ("123456/7", (r"= \frac{123456}{7}", r"\approx 17636.6")),
        ("1234567/7", (r"\approx 176367",)),
        ("1000000", (r"= 1 \cdot 10^{6}",)),
        ("1234567", (r"\approx 1.23457 \cdot 10^{6}",)),
        ("-1/3", (r"= - \frac{1}{3}", r"\approx -0.333333")),
        ("sqrt(2)", (r"= \sqrt{2}", r"\approx 1.41421")),
        ("log(3)", (r"= \ln{\left(3 \right)}", r"\approx 1.09861")),
        ("exp(-1/3)+exp(1/7)+exp(2/9)+exp(4/11)+exp(5/13)", (r"\approx 6.02655",)),  # too long to be shown
    ],
)
def test_an_exact_value_is_shown_where_it_is_short(text: str, equals: tuple[str, ...]) -> None:
    assert number(sympy.sympify(text)).equals == equals


def test_a_number_beyond_float64_is_none() -> None:
    with pytest.raises(OverflowError):
        number(sympy.Integer(10) ** 400)


def test_a_node_and_its_derivative_are_expressions_in_what_is_left_free() -> None:
    numbers = Exact(parse({"m": "x * w", "s": "m - y", "loss": "s ** 2"}), {"x": 4, "w": 0.5, "y": 1}, "here")
    x, w, m = (numbers.symbols[name] for name in ("x", "w", "m"))
    assert numbers.expression("loss", ("w",)) == (4 * w - 1) ** 2
    assert numbers.expression("m", ("x", "w")) == x * w
    assert numbers.expression("loss", ("m",)) == (m - 1) ** 2
    assert numbers.gradient("loss", "w") == 8
    assert numbers.gradient("loss", "m") == 2
    assert numbers.difference("loss", "w") == pytest.approx(8, rel=1e-14)
    assert numbers.difference("loss", "s") == pytest.approx(2, rel=1e-14)


def test_differences_are_accurate_where_float64_would_cancel() -> None:
    graph = parse({"a": "x ** 3", "b": "a + big", "c": "b - big"})
    numbers = Exact(graph, {"x": 2.0, "big": 1e14}, "here")
    assert numbers.difference("c", "x") == 12.0
    assert numbers.local_difference(graph.nodes[0], "x") == 12.0
    assert numbers.local_difference(graph.nodes[2], "big") == -1.0
