"""A computation graph without values as an SVG file that stands alone, for a lab sheet: light or dark as the system is.

Names and operations are written as in formulas (ŷ, m₁, σ(m₂)) and operations stand under their nodes, so that six
nodes in a row can be read on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.graph import Graph, Node
from autograder.graph.notation import plain_expression, plain_symbol
from autograder.render import html_page
from autograder.render.graph_layout import Layout, Point, lay_out
from autograder.render.graph_svg import curve, head

NODE, INPUT = 40.0, 28.0  # pixels: heights of boxes, and their least widths
NAME, OPERATION = 8.6, 7.2  # a character's width in the two sizes of text
BETWEEN = 18.0  # for an arrow
MARGIN = 12.0
UNDER = 16.0  # from a node to the line that its operation stands on
BACK = 20.0  # from there to the arrow back, and from that to the line of its words


@dataclass(frozen=True)
class _Box:
    """What is shown of a name; kind: "node", "input", or "weight", to which a gradient goes back."""

    kind: str
    name: str
    operation: str = ""

    @property
    def size(self) -> Point:
        """Width and height; the operation stands below."""
        height = NODE if self.kind == "node" else INPUT
        return max(height, NAME * len(self.name) + 14), height


def svg(graph: Graph, title: str, weights: Sequence[str]) -> str:
    """The file's text. weights: the inputs with respect to which gradients are asked for, in order."""
    boxes = {name: _Box("weight" if name in weights else "input", plain_symbol(name)) for name in graph.inputs}
    boxes |= {node.name: _Box("node", plain_symbol(node.name), plain_expression(node)) for node in graph.nodes}
    layout = _layout(graph, boxes)
    caption = f"backpropagation: from {plain_symbol(graph.output)} back to {listed(list(map(plain_symbol, weights)))}"
    spare = max(OPERATION * len(caption) - layout.width, 0.0) if weights else 0.0  # what the words are wider
    bottom = max(box.y + box.height / 2 + UNDER * bool(boxes[name].operation) for name, box in layout.boxes.items())
    text = html_page.render(
        "picture.svg",
        title=title,
        told=_told(graph, weights),
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


def listed(names: Sequence[str]) -> str:
    """ "x, y and w"."""
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last


def in_words(graph: Graph) -> str:
    """What gives what, for who cannot see the picture: "x and w give y_hat, y_hat and y give s"."""
    return ", ".join(f"{_operands(node)} {node.name}" for node in graph.nodes)


def _operands(node: Node) -> str:
    return f"{listed(node.names) or node.text} {'give' if len(node.names) > 1 else 'gives'}"


def _told(graph: Graph, weights: Sequence[str]) -> str:
    steps = "; ".join(f"{node.name} = {node.text}" for node in graph.nodes)
    return f"{steps}." + (f" The gradient is passed back from {graph.output} to {listed(weights)}." if weights else "")


def _layout(graph: Graph, boxes: dict[str, _Box]) -> Layout:
    sizes = {name: box.size for name, box in boxes.items()}
    lengths = {name: OPERATION * len(box.operation) + 4 for name, box in boxes.items()}
    return lay_out(graph, sizes, {}, down=False, lengths=lengths, between=BETWEEN)
