"""The closed form of gradient descent is what gradient descent does, and is claimed only where there is one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.authoring.answer_key.closed_form import ClosedForm, closed_form
from autograder.authoring.answer_key.exact import Exact
from autograder.graph import parse
from autograder.graph.descent import descend

QUADRATIC = {"square": "w ** 2", "first": "a * square", "second": "b * w", "sum": "first + second", "loss": "sum + c"}


def of(nodes: dict[str, str], inputs: dict[str, float], *weights: str, rate: float = 0.01) -> ClosedForm | None:
    return closed_form(Exact(parse(nodes), inputs, "here"), weights, rate)


@given(
    st.integers(1, 400), st.integers(-500, 500), st.integers(-500, 500), st.integers(-300, 300), st.integers(-20, 80)
)
def test_it_is_what_the_simulation_gives(a: int, b: int, c: int, w: int, rate: int) -> None:
    inputs = {"a": a / 100, "b": b / 100, "c": c / 100, "w": w / 100}
    found = of(QUADRATIC, inputs, "w", rate=rate / 100)
    assert found is not None
    steps = descend(parse(QUADRATIC), ("w",), inputs, rate / 100, 8)
    for step in steps:
        size = max(abs(each.loss) for each in steps[: step.epoch + 1])
        assert math.isclose(found.loss(step.epoch), step.loss, rel_tol=1e-9, abs_tol=1e-12 * max(1.0, size))
        assert math.isclose(found.weight(step.epoch), step.weights["w"], rel_tol=1e-9, abs_tol=1e-9)
    far = abs(found.weight(2000) - found.best)
    assert found.converges == (0 < rate / 100 < found.largest_rate)
    if found.converges and abs(found.ratio) < 0.98:
        assert far < 1e-9
    if abs(found.ratio) > 1.02 and abs(found.start - found.best) > 1e-6:
        assert far > 1


def test_it_is_stated_with_letters_and_numbers() -> None:
    nodes = {"y_hat": "x * w", "s": "y_hat - y", "loss": "s ** 2"}
    found = of(nodes, {"x": 4, "y": 1, "w": 0.5}, "w")
    assert found is not None
    assert [" ".join(line) for line in found.lines] == [
        r"\mathit{loss} = A w^2 + B w + C",
        "A = x^{2} = 16",
        "B = - 2 x y = -8",
        "C = y^{2} = 1",
        r"w^\ast = -\frac{B}{2 A} = \frac{1}{4} = 0.25",
        r"\mathit{loss}^\ast = C - \frac{B^2}{4 A} = 0",
        r"q = 1 - 2 \cdot \mathit{lr} \cdot A = \frac{17}{25} = 0.68",
        r"w^{(k)} = w^\ast + (w^{(0)} - w^\ast) \cdot q^k = 0.25 + 0.25 \cdot 0.68^{k}",
        r"\mathit{loss}^{(k)} = \mathit{loss}^\ast + A \cdot (w^{(0)} - w^\ast)^2 \cdot q^{2 k} = 1 \cdot 0.68^{2 k}",
        r"0 < \mathit{lr} < \frac{1}{A} = \frac{1}{16} = 0.0625",
    ]


@pytest.mark.parametrize(
    ("nodes", "weights"),
    [
        ({"t": "x * w", "r": "relu(t)", "loss": "r ** 2"}, ("w",)),
        ({"t": "x * w", "y_hat": "sigmoid(t)", "loss": "y_hat ** 2"}, ("w",)),
        ({"loss": "x * w"}, ("w",)),
        ({"loss": "w ** 3"}, ("w",)),
        ({"s": "w ** 2", "loss": "-s"}, ("w",)),
        ({"t": "x * w", "s": "t + b", "loss": "s ** 2"}, ("w", "b")),
    ],
)
def test_there_is_none_without_a_parabola_in_one_weight(nodes: dict[str, str], weights: tuple[str, ...]) -> None:
    inputs = {name: 0.5 for name in parse(nodes).inputs}
    assert of(nodes, inputs, *weights) is None


def test_a_loss_that_outgrows_float64_is_infinite() -> None:
    found = of({"loss": "w ** 2"}, {"w": 1.0}, "w", rate=1e10)
    assert found is not None
    assert (found.converges, found.loss(100)) == (False, math.inf)
