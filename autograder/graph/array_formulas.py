r"""Formulas of vectors and matrices in LaTeX, as they are written on a board: a vector is a column, X w a product, and
elementwise products have the sign ⊙. A vector that meets a matrix element by element is a row, which is repeated.

The table of operations has the templates. What depends on shapes is here: ⊙ in place of a dot, a transpose where a
vector comes first, and the sum over the axes along which an operand was broadcast.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from string import Formatter
from types import MappingProxyType

from autograder.graph.engine import Node
from autograder.graph.notation import factor, filled
from autograder.graph.operation import ArrayOperation, Operand, Shape
from autograder.graph.operations import OPERATIONS

Shapes = Mapping[str, Shape]
Text = Callable[[Operand], str]  # an operand in LaTeX: its name or its numbers

# The product of two operands, and what becomes of its gradient, by how many axes the two have.
_Templates = tuple[str, tuple[str, str]]
_PRODUCTS: Mapping[tuple[int, int], _Templates] = MappingProxyType(
    {
        (1, 1): (r"{0}^\top {1}", (r"{g} \, {1}", r"{g} \, {0}")),
        (1, 2): (r"{1}^\top {0}", (r"{1} \, {g}", r"{0} \, {g}^\top")),
    }
)
_BESIDE_BRACKETS = re.compile(r"(\{[012]\})\(")


def shape_text(shape: Shape) -> str:
    """A shape in words: "4×2", "vector of 4", and "" of a number."""
    if len(shape) == 1:
        return f"vector of {shape[0]}"
    return "×".join(map(str, shape))


def expression(node: Node, shapes: Shapes, text: Text) -> str:
    r"""What a node computes: "X \, w", "a \odot b"."""
    operation = OPERATIONS[node.operation]
    if isinstance(operation, ArrayOperation):
        template = _product(node, shapes)[0] if node.operation == "@" else operation.latex
        return filled(template, map(text, node.operands))
    return filled(_elementwise(operation.latex, _shapes_of(node, shapes)), _as_rows(node, shapes, text))


def local(node: Node, operand: str, shapes: Shapes, text: Text) -> str:
    """The elementwise derivative of a node by an operand; a sum where the operand is used twice."""
    parts = [_local(node, place, shapes, text) for place, each in enumerate(node.operands) if each == operand]
    return _sum(parts)


def carried(node: Node, operand: str, shapes: Shapes, text: Text, above: str) -> str:
    r"""What a node adds to the gradient of one of its operands: "X^\top \frac{\partial L}{\partial z}".

    Args:
        node: a node of a lab's graph.
        operand: the name of the operand.
        shapes: of all inputs and nodes.
        text: writes an operand, or the node itself.
        above: the gradient of the node; "" for the node that is differentiated, of which it is 1.
    """
    places = [place for place, each in enumerate(node.operands) if each == operand]
    return _sum([_carried(node, place, shapes, text, above) for place in places])


def summed_axes(shape: Shape, operand: Shape) -> tuple[int, ...]:
    """The axes of a node's shape along which an operand was repeated."""
    more = len(shape) - len(operand)
    stretched = (more + axis for axis, size in enumerate(operand) if size == 1 != shape[more + axis])
    return (*range(more), *stretched)


def averaged(node: Node, shapes: Shapes) -> int:
    """The n of a node that is a mean: over how many numbers."""
    of = _shapes_of(node, shapes)[0]
    axis = {"mean axis 0": 0, "mean axis 1": 1, "cross_entropy": 0}.get(node.operation)
    return math.prod(of) if axis is None else of[axis]


def _carried(node: Node, place: int, shapes: Shapes, text: Text, above: str) -> str:
    operation = OPERATIONS[node.operation]
    if isinstance(operation, ArrayOperation):
        template = _product(node, shapes)[1][place] if node.operation == "@" else operation.latex_partials[place]
        # A gradient of 1 is left out where it is a factor.
        template = template if above else template.replace(r"{g} \, ", "").replace(" {g}", "")
        return filled(template.replace("{g}", _escaped(above or "1")), [*map(text, node.operands), text(node.name)])
    step = _local(node, place, shapes, text)
    body = _times(above, step, shapes[node.name], elementwise=_has_array(operation.latex_partials[place], node, shapes))
    axes = summed_axes(shapes[node.name], _shapes_of(node, shapes)[place])
    if not axes:
        return body
    over = "" if len(axes) == len(shapes[node.name]) else rf"_{{\text{{{_axes(axes)}}}}}"
    return rf"\sum{over} {factor(body, first=False)}"


def _times(above: str, step: str, shape: Shape, *, elementwise: bool) -> str:
    """A gradient times an elementwise derivative."""
    if not above or step == "1":
        return above or step
    if step == "-1":
        return f"-{factor(above, first=False)}"
    sign = r"\odot" if shape and elementwise else r"\cdot"
    return rf"{factor(above, first=True)} {sign} {_as_factor(step)}"


def _as_factor(step: str) -> str:
    """A derivative in brackets where it is a sum or a product, has a sign, or is a condition, which brackets hold."""
    written = factor(step, first=False)
    products = r" \cdot " in step or r" \odot " in step
    return rf"\left({step}\right)" if written == step and products else written


def _local(node: Node, place: int, shapes: Shapes, text: Text) -> str:
    template = OPERATIONS[node.operation].latex_partials[place]
    template = _elementwise(template, (*_shapes_of(node, shapes), shapes[node.name]))
    return filled(template, [*_as_rows(node, shapes, text), text(node.name)])


def _as_rows(node: Node, shapes: Shapes, text: Text) -> list[str]:
    """The operands of a node that works element by element: a vector that meets a matrix belongs to each of its
    rows."""
    written = zip(map(text, node.operands), _shapes_of(node, shapes), strict=True)
    return [rf"{{{each}^\top}}" if len(shape) == 1 < len(shapes[node.name]) else each for each, shape in written]


def _product(node: Node, shapes: Shapes) -> _Templates:
    axes = [len(shape) for shape in _shapes_of(node, shapes)]
    partials = OPERATIONS["@"].latex_partials
    return _PRODUCTS.get((axes[0], axes[1]), (OPERATIONS["@"].latex, (partials[0], partials[1])))


def _elementwise(template: str, shapes: Sequence[Shape]) -> str:
    """A template with ⊙ in place of a dot, if two of what it multiplies are arrays. shapes: of {0}, {1} and {2}."""
    arrays = [place for place in _places(template) if shapes[place]]
    if len(arrays) < 2:
        return template
    return _BESIDE_BRACKETS.sub(r"\1 \\odot (", template.replace(r"\cdot", r"\odot"))


def _has_array(template: str, node: Node, shapes: Shapes) -> bool:
    """Whether an array stands in a template."""
    of = (*_shapes_of(node, shapes), shapes[node.name])
    return any(of[place] for place in _places(template))


def _places(template: str) -> list[int]:
    """The operands that a template has, each as often as it has them; the node itself comes after the operands."""
    return [int(field) for _, field, _, _ in Formatter().parse(template) if field and field.isdigit()]


def _shapes_of(node: Node, shapes: Shapes) -> tuple[Shape, ...]:
    return tuple(shapes[each] if isinstance(each, str) else () for each in node.operands)


def _axes(axes: Sequence[int]) -> str:
    return f"ax{'i' if len(axes) == 1 else 'e'}s {', '.join(map(str, axes))}"


def _escaped(latex: str) -> str:
    """LaTeX as a part of a template."""
    return latex.replace("{", "{{").replace("}", "}}")


def _sum(parts: Iterable[str]) -> str:
    first, *others = parts
    return " + ".join([first, *(factor(each, first=False) if each.startswith("-") else each for each in others)])
