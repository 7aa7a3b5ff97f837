"""Formulas of vectors and matrices are those of a board: columns, transposes, ⊙, and sums over what was broadcast."""

import pytest

from autograder.graph import parse
from autograder.graph.array_formulas import Shapes, carried, expression, local, shape_text, summed_axes
from autograder.graph.notation import symbol
from autograder.graph.operation import Operand

SHAPES: Shapes = {"X": (4, 2), "A": (4, 2), "w": (2,), "u": (2,), "v": (4,), "W": (2, 3), "s": (), "C": (4, 1)}


def text(operand: Operand) -> str:
    return symbol(operand) if isinstance(operand, str) else f"{operand:g}"


@pytest.mark.parametrize(
    ("node", "shape", "formula"),
    [
        ("X @ w", (4,), r"X \, w"),
        ("X @ W", (4, 3), r"X \, W"),
        ("w @ W", (3,), r"W^\top w"),
        ("w @ u", (), r"w^\top u"),
        ("X.T", (2, 4), r"X^\top"),
        ("X * A", (4, 2), r"X \odot A"),
        ("s * X", (4, 2), r"s \cdot X"),
        ("X + w", (4, 2), r"X + {w^\top}"),
        ("v + s", (4,), "v + s"),
        ("v ** 2", (4,), "v^{2}"),
        ("sigmoid(v)", (4,), r"\sigma(v)"),
        ("mean(v)", (), r"\mathrm{mean}(v)"),
    ],
)
def test_expression(node: str, shape: tuple[int, ...], formula: str) -> None:
    (parsed,) = parse({"z": node}).nodes
    assert expression(parsed, {**SHAPES, "z": shape}, text) == formula


@pytest.mark.parametrize(
    ("node", "shape", "operand", "formula"),
    [
        ("X @ w", (4,), "w", r"X^\top G"),
        ("X @ w", (4,), "X", r"G \, w^\top"),
        ("w @ W", (3,), "w", r"W \, G"),
        ("w @ W", (3,), "W", r"w \, G^\top"),
        ("w @ u", (), "w", r"G \, u"),
        ("X * A", (4, 2), "A", r"G \odot X"),
        ("X * X", (4, 2), "X", r"G \odot X + G \odot X"),
        ("v + s", (4,), "v", "G"),
        ("v - s", (4,), "s", r"\sum \left(-G\right)"),
        ("s * X", (4, 2), "s", r"\sum G \odot X"),
        ("s * X", (4, 2), "X", r"G \cdot s"),
        ("X + w", (4, 2), "w", r"\sum_{\text{axis 0}} G"),
        ("X * w", (4, 2), "w", r"\sum_{\text{axis 0}} G \odot X"),
        ("X * w", (4, 2), "X", r"G \odot {w^\top}"),
        ("X + C", (4, 2), "C", r"\sum_{\text{axis 1}} G"),
        ("v ** 2", (4,), "v", r"G \odot \left(2 \cdot v\right)"),
        ("sigmoid(v)", (4,), "v", r"G \odot \left(z \odot (1 - z)\right)"),
        ("relu(v)", (4,), "v", r"G \odot [v > 0]"),
        ("sum(X)", (), "X", r"G \text{ at each place}"),
        ("mean(X)", (), "X", r"\frac{1}{n} G \text{ at each place}"),
    ],
)
def test_gradient_on_its_way_to_an_operand(node: str, shape: tuple[int, ...], operand: str, formula: str) -> None:
    (parsed,) = parse({"z": node}).nodes
    assert carried(parsed, operand, {**SHAPES, "z": shape}, text, "G") == formula


@pytest.mark.parametrize(
    ("node", "operand", "formula"),
    [
        ("mean(X)", "X", r"\frac{1}{n} \text{ at each place}"),
        ("sum(X)", "X", r"1 \text{ at each place}"),
        ("mse(X, A)", "A", r"-\frac{2}{n} (X - A)"),
        ("cross_entropy(X, v)", "X", r"\frac{1}{n} \left(\mathrm{softmax}(X) - \mathrm{onehot}(v)\right)"),
        ("w @ u", "u", "w"),
        ("s * s", "s", "s + s"),
    ],
)
def test_gradient_of_the_output_itself_is_left_out(node: str, operand: str, formula: str) -> None:
    (parsed,) = parse({"z": node}).nodes
    assert carried(parsed, operand, {**SHAPES, "z": ()}, text, "") == formula


def test_elementwise_derivative() -> None:
    (parsed,) = parse({"z": "tanh(v)"}).nodes
    assert local(parsed, "v", {**SHAPES, "z": (4,)}, text) == "1 - z^{2}"


@pytest.mark.parametrize(
    ("shape", "operand", "axes"), [((4, 2), (2,), (0,)), ((4, 2), (), (0, 1)), ((4, 2), (4, 1), (1,)), ((4,), (4,), ())]
)
def test_summed_axes(shape: tuple[int, ...], operand: tuple[int, ...], axes: tuple[int, ...]) -> None:
    assert summed_axes(shape, operand) == axes


def test_shapes_in_words() -> None:
    assert [shape_text(shape) for shape in ((), (4,), (4, 2), (2, 3, 4))] == ["", "vector of 4", "4×2", "2×3×4"]
