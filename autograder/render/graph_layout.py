"""Compute where the boxes and arrows of a small computation graph go: in layers from the inputs to the output.

A layered layout after Sugiyama, Tagawa and Toda (1981). The graphs are so small that its ordering phase can be greedy:
each name is placed one layer before the nearest node that uses it, in a lane of its own near that node's lane. An arrow
longer than one layer keeps a lane free on its way, so no two boxes overlap and no arrow runs through a box.
"""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from autograder.graph import Graph

Edge = tuple[str, str]  # an operand and the node that uses it
Point = tuple[float, float]

APART = 9.0  # half the distance between an arrow and the one back beside it
BETWEEN_LANES = 22.0
BETWEEN_LAYERS = 40.0  # room for an arrow and its head
HEAD = 13.0  # the part of an arrow that is visible before and after its label
LABEL_HEIGHT = 18.0
SIDE = 70.0  # how long a node's sides must be for two arrows that arrive and two that go back
ASIDE = (0.1, -0.1, 0.2, -0.2, 0.3, -0.3)  # shares of an arrow's length: how far to move a label where two edges cross
PORT = 0.36  # how far from the middle of a box's side an arrow from another lane ends, as a share of the side


@dataclass(frozen=True)
class Box:
    """A rectangle: its center and its size."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Box") -> bool:
        """Whether the two overlap."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )


@dataclass(frozen=True)
class Arrow:
    """A curve through points; each part leaves and arrives along the layout's direction."""

    points: tuple[Point, ...]
    down: bool
    label: Point  # the center of a label on it

    def reversed(self) -> "Arrow":
        """The same curve in the other direction."""
        return replace(self, points=self.points[::-1])


@dataclass(frozen=True)
class Layout:
    """The size of the picture, a box for each input and node, and for each edge the arrows forward and back."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    forward: Mapping[Edge, Arrow]
    backward: Mapping[Edge, Arrow]


@dataclass(frozen=True)
class Places:
    """Layers and lanes of all names and edges."""

    layers: Mapping[str, int]  # 0 is the first
    lanes: Mapping[str, float]  # 0 is the output's
    passing: Mapping[Edge, tuple[float, ...]]  # the lanes in which an edge passes the layers between its ends


def edges(graph: Graph) -> tuple[Edge, ...]:
    """Every operand with every node that uses it."""
    return tuple((operand, node.name) for node in graph.nodes for operand in node.names)


def assign_places(graph: Graph) -> Places:
    """Assign a layer and a lane to every name."""
    users = {name: [node.name for node in graph.nodes if name in node.names] for name in graph.names}
    depth: dict[str, int] = {}  # number of layers after it
    for name in reversed(graph.names):
        depth[name] = 1 + max((depth[user] for user in users[name]), default=-1)
    last = max(depth.values())
    lanes: dict[str, float] = {}
    ways: dict[Edge, list[float]] = {edge: [] for edge in edges(graph)}
    for level in range(last + 1):
        taken: list[float] = []
        here = sorted((name for name in graph.names if depth[name] == level), key=graph.inputs.__contains__)
        for name in here:  # nodes first, to keep the longest chain straight
            nearest = next((user for user in users[name] if depth[user] == level - 1), None)
            wanted = 0.0 if nearest is None else lanes[nearest] + _aside(graph, name, nearest, depth)
            lanes[name] = _free(wanted, taken)
        for (start, end), way in ways.items():
            if depth[end] < level < depth[start]:
                way.append(_free(way[-1] if way else lanes[end], taken))
    layers = {name: last - level for name, level in depth.items()}
    return Places(layers, lanes, {edge: tuple(reversed(way)) for edge, way in ways.items()})


@dataclass(frozen=True)
class _Grid:
    """Layers and lanes in pixels."""

    graph: Graph
    places: Places
    sizes: Mapping[str, Point]
    along: int  # 0 if the layout runs to the right, 1 if it runs down; an index of sizes
    starts: tuple[float, ...]  # of the layers
    lengths: tuple[float, ...]

    @cached_property
    def lanes(self) -> tuple[float, ...]:
        return *self.places.lanes.values(), *itertools.chain(*self.places.passing.values())

    @cached_property
    def side(self) -> float:
        """The largest box, measured across the lanes."""
        return max(size[1 - self.along] for size in self.sizes.values())

    def across(self, lane: float) -> float:
        return (lane - min(self.lanes)) * (self.side + BETWEEN_LANES) + self.side / 2

    def middle(self, layer: int) -> float:
        return self.starts[layer] + self.lengths[layer] / 2

    def turned(self, point: Point) -> Point:
        """A point (along, across) as (x, y)."""
        return (point[1], point[0]) if self.along else point

    def size(self) -> Point:
        return self.turned((self.starts[-1] + self.lengths[-1], self.across(max(self.lanes)) + self.side / 2))

    def box(self, name: str) -> Box:
        x, y = self.turned((self.middle(self.places.layers[name]), self.across(self.places.lanes[name])))
        return Box(x, y, *self.sizes[name])

    def arrow(self, edge: Edge, offset: float, label: float) -> Arrow:
        """The arrow forward, moved across by `offset`, with its label at this share of the first part's length."""
        places, sizes, (start, end) = self.places, self.sizes, edge
        points = [
            (
                self.middle(places.layers[start]) + sizes[start][self.along] / 2,
                self.across(places.lanes[start]) + offset,
            )
        ]
        for layer, lane in enumerate(places.passing[edge], places.layers[start] + 1):
            points.append((self.starts[layer], self.across(lane) + offset))
            points.append((self.starts[layer] + self.lengths[layer], self.across(lane) + offset))
        port = _port(self.graph, edge, places) * PORT * sizes[end][1 - self.along]
        arrives = self.middle(places.layers[end]) - sizes[end][self.along] / 2
        points.append((arrives, self.across(places.lanes[end]) + port + offset))
        at = self.turned(_on_curve(points[0], points[1], label))
        return Arrow(tuple(map(self.turned, points)), bool(self.along), at)


def lay_out(
    graph: Graph,
    sizes: Mapping[str, Point],
    labels: Mapping[Edge, float],
    back: Collection[Edge] = (),
    *,
    down: bool,
    lengths: Mapping[str, float] = MappingProxyType({}),
    between: float = BETWEEN_LAYERS,
) -> Layout:
    """Lay out a graph.

    Args:
        graph: the graph.
        sizes: width and height of each box.
        labels: the widths of the labels on arrows.
        back: the edges that also have an arrow back. It runs beside the one forward, so nodes need sides of SIDE.
        down: whether arrows run down instead of to the right.
        lengths: how much room boxes need along the layout, with a text beside them, if that is more than their size.
        between: room for an arrow without a label.
    """
    grid = _grid(graph, sizes, labels, int(down), lengths, between)
    # Downwards, an edge's two labels are placed one above the other; to the right its arrows are far enough apart.
    ahead, behind = (0.5, 0.23) if down else (0.5, 0.5)
    boxes = {name: grid.box(name) for name in graph.names}
    there = [(edge, -APART if edge in back else 0.0, ahead) for edge in edges(graph)]
    again = [(edge, APART, behind) for edge in edges(graph) if edge in back]
    arrows = _clear(grid, [*there, *again], labels, tuple(boxes.values()))
    forward = dict(zip(edges(graph), arrows, strict=False))
    backward = {edge: arrow.reversed() for (edge, _, _), arrow in zip(again, arrows[len(there) :], strict=True)}
    return Layout(*grid.size(), boxes, forward, backward)


def _clear(
    grid: _Grid, wanted: Sequence[tuple[Edge, float, float]], labels: Mapping[Edge, float], boxes: Sequence[Box]
) -> list[Arrow]:
    """The arrows along edges, each moved across by an offset, with its label at a share of its length.

    A label that overlaps another one is moved along its arrow to where it overlaps nothing, if possible.
    """
    arrows = [grid.arrow(*each) for each in wanted]
    taken = [
        Box(*arrow.label, labels.get(edge, 0.0), LABEL_HEIGHT)
        for (edge, _, _), arrow in zip(wanted, arrows, strict=True)
    ]
    for at, (edge, offset, share) in enumerate(wanted):
        others = [*taken[:at], *taken[at + 1 :]]
        if edge not in labels or not any(map(taken[at].meets, others)):
            continue
        for aside in ASIDE:
            moved = grid.arrow(edge, offset, share + aside)
            box = Box(*moved.label, labels[edge], LABEL_HEIGHT)
            if not any(map(box.meets, (*others, *boxes))):
                arrows[at], taken[at] = moved, box
                break
    return arrows


def _grid(
    graph: Graph,
    sizes: Mapping[str, Point],
    labels: Mapping[Edge, float],
    along: int,
    needed: Mapping[str, float],
    between: float,
) -> _Grid:
    places = assign_places(graph)
    starts, lengths = [0.0], []
    for layer in range(max(places.layers.values()) + 1):
        here = [name for name in graph.names if places.layers[name] == layer]
        lengths.append(max(max(sizes[name][along], needed.get(name, 0.0)) for name in here))
        label = max((width for (start, _), width in labels.items() if places.layers[start] == layer), default=0.0)
        room = (4.7 * LABEL_HEIGHT if along else label + 2 * HEAD) if label else between
        starts.append(starts[-1] + lengths[-1] + room)
    return _Grid(graph, places, sizes, along, tuple(starts[:-1]), tuple(lengths))


def _aside(graph: Graph, name: str, user: str, depth: Mapping[str, int]) -> float:
    """How far from its user's lane a name should be: two inputs, or two nodes, go on either side of it."""
    node = next(node for node in graph.nodes if node.name == user)
    beside = [each for each in node.names if depth[each] == depth[name]]
    alike = len(beside) == 2 and (beside[0] in graph.inputs) == (beside[1] in graph.inputs)
    return (beside.index(name) - 0.5) if alike else 0.0


def _free(wanted: float, taken: list[float]) -> float:
    """Take the free lane nearest to the wanted one."""
    for step in itertools.count():
        for lane in (wanted - step / 2, wanted + step / 2):
            if all(abs(lane - other) >= 1 for other in taken):
                taken.append(lane)
                return lane
    raise AssertionError("there are infinitely many lanes")


def _port(graph: Graph, edge: Edge, places: Places) -> float:
    """On which part of the end's side the arrow arrives: -1, 0 (the middle) or 1."""
    node = next(node for node in graph.nodes if node.name == edge[1])
    arriving = {name: (*places.passing[name, node.name][-1:], places.lanes[name])[0] for name in node.names}
    if len(arriving) == 1:
        return 0
    own, (low, high) = places.lanes[node.name], sorted(arriving.values())
    first = arriving[edge[0]] == low
    if high <= own:
        return -1 if first else 0
    if low >= own:
        return 0 if first else 1
    return -1 if first else 1


def _on_curve(start: Point, end: Point, share: float) -> Point:
    """A point of the curve that `Arrow` describes between two points, in the layout's own coordinates."""
    rest = 1 - share
    bend = 1.5 * share * rest  # both control points are halfway along
    along = start[0] * (rest**3 + bend) + end[0] * (share**3 + bend)
    turn = rest**3 + 3 * rest**2 * share
    return along, start[1] * turn + end[1] * (1 - turn)
