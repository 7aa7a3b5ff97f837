"""Draw a computation graph without values as a standalone SVG file for a lab sheet, light or dark like the system.

Names and operations are written as in formulas (ŷ, m₁, σ(m₂)). An operation stands below its node, so that six nodes
in a row are readable on a phone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from autograder.graph import Graph, Node
from autograder.graph.notation import plain_expression, plain_symbol
from autograder.graph.operation import Shape
from autograder.render import html_page
from autograder.render.graph_layout import Layout, Point, lay_out
from autograder.render.graph_svg import curve, head
from autograder.text import join_names

NODE, INPUT = 40.0, 28.0  # pixels: heights and smallest widths of boxes
NAME, OPERATION, SHAPE = 8.6, 7.2, 6.6  # pixels: width of a character in the three text sizes
BETWEEN = 18.0  # for an arrow
MARGIN = 12.0
UNDER = 16.0  # from a node to the baseline of its operation
BACK = 20.0  # from there to the arrow back, and from that arrow to the baseline of its caption


@dataclass(frozen=True)
class _Box:
    """What is shown of an input or node."""

    kind: str  # "node", "input", or "weight": an input that a gradient is taken with respect to
    name: str
    operation: str = ""
    shape: str = ""  # of a vector or a matrix, below its name

    @property
    def size(self) -> Point:
        """Width and height of the box, without the operation below it."""
        height = NODE if self.kind == "node" or self.shape else INPUT
        return max(height, NAME * len(self.name) + 14, SHAPE * len(self.shape) + 12), height


def svg(graph: Graph, title: str, weights: Sequence[str], shapes: Mapping[str, Shape] = MappingProxyType({})) -> str:
    """The text of the file.

    Args:
        graph: the graph.
        title: the title of the picture.
        weights: the inputs with respect to which gradients are asked for, in order.
        shapes: of vectors and matrices, by name.
    """
    boxes = {name: _Box("weight" if name in weights else "input", plain_symbol(name)) for name in graph.inputs}
    boxes |= {node.name: _Box("node", plain_symbol(node.name), plain_expression(node)) for node in graph.nodes}
    boxes = {name: replace(box, shape=str(shapes[name])) if name in shapes else box for name, box in boxes.items()}
    layout = _layout(graph, boxes)
    caption = (
        f"backpropagation: from {plain_symbol(graph.output)} back to {join_names(list(map(plain_symbol, weights)))}"
    )
    spare = max(OPERATION * len(caption) - layout.width, 0.0) if weights else 0.0  # how much wider the caption is
    bottom = max(box.y + box.height / 2 + UNDER * bool(boxes[name].operation) for name, box in layout.boxes.items())
    text = html_page.render(
        "picture.svg",
        title=title,
        alt_text=_alt_text(graph, weights, shapes),
        boxes=boxes,
        layout=layout,
        weights=[layout.boxes[name].x for name in weights],
        start=layout.boxes[graph.output].x,
        caption=caption,
        left=-MARGIN - spare / 2,
        top=-MARGIN,
        width=round(layout.width + spare + 2 * MARGIN),
        height=round(bottom + (2 * BACK if weights else 0) + 2 * MARGIN),
        under=UNDER,
        back=bottom + BACK,
        words=bottom + 2 * BACK,
        curve=curve,
        head=head,
    )
    return text + "\n"


def in_words(graph: Graph) -> str:
    """The graph in words for screen readers: "x and w give y_hat, y_hat and y give s"."""
    return ", ".join(f"{_operands(node)} {node.name}" for node in graph.nodes)


def _operands(node: Node) -> str:
    return f"{join_names(node.names) or node.text} {'give' if len(node.names) > 1 else 'gives'}"


def _alt_text(graph: Graph, weights: Sequence[str], shapes: Mapping[str, Shape]) -> str:
    sizes = f" Shapes: {', '.join(f'{name} {shape}' for name, shape in shapes.items())}." if shapes else ""
    steps = "; ".join(f"{node.name} = {node.text}" for node in graph.nodes)
    back = f" The gradient is passed back from {graph.output} to {join_names(weights)}." if weights else ""
    return f"{steps}.{sizes}{back}"


def _layout(graph: Graph, boxes: dict[str, _Box]) -> Layout:
    sizes = {name: box.size for name, box in boxes.items()}
    lengths = {name: OPERATION * len(box.operation) + 4 for name, box in boxes.items()}
    return lay_out(graph, sizes, {}, down=False, lengths=lengths, between=BETWEEN)
