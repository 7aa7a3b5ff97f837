"""Draw a computation graph as an inline SVG: inputs and operations as boxes, arrows forward, dashed ones back.

Each graph is drawn twice, to the right and downwards; the page's graph.css shows the one that fits.
"""

import functools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from autograder.graph import Graph, Node
from autograder.graph.operation import Shape
from autograder.graph.quantities import derivative
from autograder.outcome import SIGNS, WORDS, State
from autograder.render import html_page
from autograder.render.graph_layout import LABEL_HEIGHT, SIDE, Arrow, Edge, Layout, Point, edges, lay_out

CHARACTER = 7.3  # pixels; slightly more than 0.6 of the font size, as in any common monospaced font
LINE = 19.0
PADDING = 10.0
MARGIN = 8.0  # around the picture: a ring needs it
SMALLEST = 0.8  # of the full size; a picture that would be smaller is drawn downwards instead, and can be scrolled
STEP = 5  # rem; graph.css has rules for multiples of it
REM = 16.0  # pixels
MISTAKES: tuple[State, ...] = ("wrong", "partly")


@dataclass(frozen=True)
class Label:
    """A short text on an arrow or in a box."""

    text: str
    state: State | None = None  # of the quantity that it stands for; None if it has no state
    ringed: bool = False
    quantity: str = ""  # for a script that shows one after another; "" if there is none

    @property
    def shown(self) -> str:
        """The text with the state's sign."""
        return f"{self.text} {SIGNS[self.state]}" if self.state else self.text

    @property
    def width(self) -> float:
        """In pixels, with room on both sides."""
        return CHARACTER * len(self.shown) + 12


@dataclass(frozen=True)
class NodeLabels:
    """All labels: in each box its name, its expression and more labels; on each arrow at most one label."""

    graph: Graph
    names: Mapping[str, Label]
    inside: Mapping[str, tuple[Label, ...]]
    forward: Mapping[Edge, Label]
    backward: Mapping[Edge, Label]
    back: tuple[Edge, ...]  # the edges with an arrow back
    shapes: Mapping[str, Shape]  # of vectors and matrices
    numbers: Mapping[str, str] = field(default_factory=dict)  # the student's own number for a node, or that of an input

    def shape(self, name: str) -> str:
        """The shape as a tensor has it, "(4, 2)"; "" for a number."""
        return str(self.shapes[name]) if name in self.shapes else ""

    def expression(self, name: str) -> str:
        """What a node computes; "" for an input."""
        return next((node.text for node in self.graph.nodes if node.name == name), "")

    def lines(self, name: str) -> list[tuple[str, str | Label]]:
        """The lines in a box, each with its kind."""
        number = self.numbers.get(name, "")
        texts = (("shape", self.shape(name)), ("expression", self.expression(name)), ("number", number))
        head = [("name", self.names[name].shown), *(each for each in texts if each[1])]
        return [*head, *(line for label in self.inside[name] for line in _below_its_name(label))]


def graph_figure(
    graph: Graph,
    title: str,
    *,
    states: Iterable[tuple[str, State]] = (),
    values: Mapping[str, str] | None = None,
    gradients: Mapping[str, str] | None = None,
    shapes: Mapping[str, Shape] | None = None,
    numbers: Mapping[str, str] | None = None,
) -> Markup:
    """Draw the graph as an HTML figure, for a page with graph.css.

    A local derivative is shown on the arrow back from node to operand, any other derivative in the box of the name that
    it is taken with respect to. A text that has no arrow of its own is shown in the box.

    Args:
        graph: the graph.
        title: the title of the picture.
        states: states of nodes, and of derivatives named like "dloss_dw", in the order in which they are computed. The
            first mistake gets a ring.
        values: a text for each arrow forward, by the name at which the arrow starts.
        gradients: a text for each arrow back, by the name at which the arrow ends.
        shapes: of vectors and matrices, by name; they are shown below the names.
        numbers: the student's own, by quantity, and those of inputs: a node's is shown in its box, a derivative's in
            the place of its name. With them, each part of the picture says which quantity it shows, for a script.
    """
    states = tuple(states)
    drawn = _label_graph(
        graph, dict(states), _first_mistake(states), values or {}, gradients or {}, shapes or {}, numbers or {}
    )
    seen = dict.fromkeys(state for _, state in states)
    wide, tall = _layout(drawn, down=False), _layout(drawn, down=True)
    return Markup(
        html_page.render(
            "graph.html",
            title=title,
            alt_text=_alt_text(states, title),
            drawn=drawn,
            pictures=[("wide", wide), ("tall", tall)],
            wide_from=STEP * math.ceil(SMALLEST * wide.width / REM / STEP),
            legend=[(SIGNS[state], WORDS[state], state) for state in SIGNS if state in seen],
            ringed=_first_mistake(states) is not None,
            margin=MARGIN,
            line=LINE,
            label_height=LABEL_HEIGHT,
            smallest=SMALLEST,
            curve=curve,
            head=head,
        )
    )


def remembered_figure(
    graph: Graph,
    title: str,
    states: Iterable[tuple[str, State]],
    shapes: Mapping[str, Shape],
) -> Markup:
    """The same for a student's states, each picture made once: in a class, many students have the same."""
    kind: Callable[..., Graph] = type(graph)  # mypy takes the class itself for something without a hash
    return _remembered(kind, graph.inputs, graph.nodes, title, tuple(states), tuple(shapes.items()))


@functools.lru_cache(maxsize=128)  # some megabytes
def _remembered(
    kind: Callable[..., Graph],
    inputs: tuple[str, ...],
    nodes: tuple[Node, ...],
    title: str,
    states: tuple[tuple[str, State], ...],
    shapes: tuple[tuple[str, Shape], ...],
) -> Markup:
    return graph_figure(kind(inputs, nodes), title, states=states, shapes=dict(shapes))


def curve(arrow: Arrow) -> str:
    """The path of an arrow's line: Bézier curves that leave and arrive in the layout's direction."""
    (x, y), *others = arrow.points
    parts = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in others:
        if arrow.down:
            half = (y + to_y) / 2
            parts.append(f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}")
        else:
            half = (x + to_x) / 2
            parts.append(f"C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(parts)


def head(arrow: Arrow) -> str:
    """The path of an arrow's head."""
    (before_x, before_y), (x, y) = arrow.points[-2:]
    if arrow.down:
        length = 8 if y > before_y else -8
        return f"M{x:.1f} {y:.1f}l-4.5 {-length}h9z"
    length = 8 if x > before_x else -8
    return f"M{x:.1f} {y:.1f}l{-length} -4.5v9z"


def _alt_text(states: Iterable[tuple[str, State]], title: str) -> str:
    """The picture in words, for screen readers."""
    first = _first_mistake(states)
    described = [f"{name}: {WORDS[state]}{', the first mistake' if name == first else ''}" for name, state in states]
    return f"{title}. {'; '.join(described)}" if described else title


def _first_mistake(states: Iterable[tuple[str, State]]) -> str | None:
    return next((name for name, state in states if state in MISTAKES), None)


def _label_graph(
    graph: Graph,
    states: Mapping[str, State],
    first: str | None,
    values: Mapping[str, str],
    gradients: Mapping[str, str],
    shapes: Mapping[str, Shape],
    numbers: Mapping[str, str],
) -> NodeLabels:
    def label(quantity: str, text: str = "") -> Label:
        return Label(text or quantity, states[quantity], quantity == first, quantity if numbers else "")

    users = {name: [edge for edge in edges(graph) if edge[0] == name] for name in graph.names}
    forward = {edge: Label(values[edge[0]]) for edge in edges(graph) if edge[0] in values}
    backward = {users[name][0]: Label(text) for name, text in gradients.items() if len(users[name]) == 1}
    inside = {
        name: [
            *([Label(values[name])] if name in values and not users[name] else []),
            *([Label(gradients[name])] if name in gradients and len(users[name]) != 1 else []),
        ]
        for name in graph.names
    }
    back = {edge for edge in edges(graph) if edge[0] in gradients}
    for quantity in states:
        pair = derivative(graph, quantity)
        if pair is None:
            continue
        of, wrt = pair
        back |= _between(graph, of, wrt)
        if (wrt, of) in users[wrt] and (wrt, of) not in backward and pair not in graph.bypassed:
            backward[wrt, of] = label(quantity, numbers.get(quantity, ""))
        else:
            inside[wrt].append(label(quantity, numbers.get(quantity, "")))
    return NodeLabels(
        graph,
        {name: label(name) if name in states else Label(name) for name in graph.names},
        {name: tuple(labels) for name, labels in inside.items()},
        forward,
        backward,
        tuple(edge for edge in edges(graph) if edge in back),
        shapes,
        {name: f"= {numbers[name]}" for name in graph.names if numbers.get(name)},
    )


def _between(graph: Graph, of: str, wrt: str) -> set[Edge]:
    """The edges that the chain rule follows for d of / d wrt."""
    behind = graph.with_dependents([wrt])
    before = {of}
    for node in reversed(graph.nodes):
        if node.name in before:
            before.update(node.names)
    return {(start, end) for start, end in edges(graph) if start in behind and end in before & behind}


def _layout(drawn: NodeLabels, *, down: bool) -> Layout:
    labels = {
        edge: max(each[edge].width for each in (drawn.forward, drawn.backward) if edge in each)
        for edge in (*drawn.forward, *drawn.backward)
    }
    sizes = {name: _size(drawn, name, down=down) for name in drawn.graph.names}
    return lay_out(drawn.graph, sizes, labels, drawn.back, down=down)


def _below_its_name(label: Label) -> list[tuple[str, str | Label]]:
    """The lines of a label in a box: a number does not say which quantity it is of."""
    named = label.quantity and label.text != label.quantity
    return [*([("expression", label.quantity)] if named else []), ("label", label)]


def _size(drawn: NodeLabels, name: str, *, down: bool) -> Point:
    expression = drawn.expression(name)
    widths = [
        CHARACTER * len(expression),
        CHARACTER * len(drawn.shape(name)),
        CHARACTER * len(drawn.numbers.get(name, "")),
        *(CHARACTER * len(each.quantity) for each in drawn.inside[name]),
        *(each.width for each in (drawn.names[name], *drawn.inside[name])),
    ]
    width, height = max(widths) + 2 * PADDING, LINE * len(drawn.lines(name)) + PADDING
    if drawn.back and expression:
        return (max(width, SIDE), height) if down else (width, max(height, SIDE))
    return width, height
