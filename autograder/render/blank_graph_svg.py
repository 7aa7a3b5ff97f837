"""Draw a computation graph without values as a standalone SVG file for a lab sheet, light or dark like the system.

Names and operations are written as in formulas (ŷ, m₁, σ(m₂)). An operation stands below its node, so that six nodes
in a row are readable on a phone.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.graph import Graph, Node
from autograder.render import html_page
from autograder.render.graph_layout import Layout, Point, lay_out
from autograder.render.graph_svg import curve, head

HAT = "_hat"
BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
ABOVE = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
FUNCTIONS = {"relu": "ReLU", "sigmoid": "σ", "log": "ln"}  # names that formulas write differently
SIGNS = {"*": "·", "-": "−"}

NODE, INPUT = 40.0, 28.0  # pixels: heights and smallest widths of boxes
NAME, OPERATION = 8.6, 7.2  # pixels: width of a character in the two text sizes
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

    @property
    def size(self) -> Point:
        """Width and height of the box, without the operation below it."""
        height = NODE if self.kind == "node" else INPUT
        return max(height, NAME * len(self.name) + 14), height


def svg(graph: Graph, title: str, weights: Sequence[str]) -> str:
    """The text of the file.

    Args:
        graph: the graph.
        title: the title of the picture.
        weights: the inputs with respect to which gradients are asked for, in order.
    """
    boxes = {name: _Box("weight" if name in weights else "input", formula(name)) for name in graph.inputs}
    boxes |= {node.name: _Box("node", formula(node.name), operation(node)) for node in graph.nodes}
    layout = _layout(graph, boxes)
    caption = f"backpropagation: from {formula(graph.output)} back to {listed(list(map(formula, weights)))}"
    spare = max(OPERATION * len(caption) - layout.width, 0.0) if weights else 0.0  # how much wider the caption is
    bottom = max(box.y + box.height / 2 + UNDER * bool(boxes[name].operation) for name, box in layout.boxes.items())
    text = html_page.render(
        "picture.svg",
        title=title,
        alt_text=_alt_text(graph, weights),
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


def formula(name: str) -> str:
    """A name as formulas write it: ŷ for y_hat, m₁ for m1."""
    letters = name.removesuffix(HAT)
    if letters != name and len(letters) == 1:
        return unicodedata.normalize("NFC", f"{letters}\N{COMBINING CIRCUMFLEX ACCENT}")
    base = name.rstrip("0123456789")
    index = name[len(base) :].translate(BELOW)
    return (base.removesuffix("_") or base) + index if index else base


def operation(node: Node) -> str:
    """What a node computes, as formulas write it: "x · w", "s²", "σ(m₂)"."""
    first, *rest = [_operand(each) for each in node.operands]
    if node.operation == "**" and rest[0].isdigit():
        return first + rest[0].translate(ABOVE)
    if node.operation == "neg":
        return f"−{first}"
    if not rest:
        return f"{FUNCTIONS.get(node.operation, node.operation)}({first})"
    return f"{first} {SIGNS.get(node.operation, node.operation)} {rest[0]}"


def listed(names: Sequence[str]) -> str:
    """ "x, y and w"."""
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last


def in_words(graph: Graph) -> str:
    """The graph in words for screen readers: "x and w give y_hat, y_hat and y give s"."""
    return ", ".join(f"{_operands(node)} {node.name}" for node in graph.nodes)


def _operands(node: Node) -> str:
    return f"{listed(node.names) or node.text} {'give' if len(node.names) > 1 else 'gives'}"


def _alt_text(graph: Graph, weights: Sequence[str]) -> str:
    steps = "; ".join(f"{node.name} = {node.text}" for node in graph.nodes)
    return f"{steps}." + (f" The gradient is passed back from {graph.output} to {listed(weights)}." if weights else "")


def _layout(graph: Graph, boxes: dict[str, _Box]) -> Layout:
    sizes = {name: box.size for name, box in boxes.items()}
    lengths = {name: OPERATION * len(box.operation) + 4 for name, box in boxes.items()}
    return lay_out(graph, sizes, {}, down=False, lengths=lengths, between=BETWEEN)


def _operand(operand: str | float) -> str:
    if isinstance(operand, str):
        return formula(operand)
    text = str(operand).removesuffix(".0").replace("-", "−")
    return f"({text})" if operand < 0 else text
