"""Boxes do not meet, arrows begin and end at boxes and run through none, whatever the graph."""

import itertools

import pytest
from frozen import changeable
from hypothesis import given
from hypothesis import strategies as st

from autograder.graph import Graph, Node, parse
from autograder.render.graph_layout import LABEL_HEIGHT, SIDE, Arrow, Box, Layout, Point, assign_places, edges, lay_out

TASK1 = parse({"y_hat": "x * w", "s": "y_hat - y", "loss": "s ** 2"})
TASK2 = parse(
    {"m1": "x1 * w1", "r": "relu(m1)", "m2": "r * w2", "y_hat": "sigmoid(m2)", "s": "y_hat - y", "loss": "s ** 2"}
)


LOGISTIC = parse(
    {
        **{"z": "w * x", "t": "z + b", "y_hat": "sigmoid(t)", "log_p": "log(y_hat)", "if_1": "y * log_p"},
        **{"q": "1 - y_hat", "log_q": "log(q)", "n": "1 - y", "if_0": "n * log_q", "total": "if_1 + if_0"},
    }
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to 12 nodes, each of one or two inputs and nodes before it."""
    inputs = tuple(f"i{number}" for number in range(draw(st.integers(1, 4))))
    names = list(inputs)
    nodes = []
    for number in range(draw(st.integers(1, 12))):
        operands = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2))
        nodes.append(Node(f"n{number}", "relu" if len(operands) == 1 else "*", tuple(operands)))
        names.append(f"n{number}")
    return Graph(inputs, tuple(nodes))


def laid_out(graph: Graph, *, down: bool) -> Layout:
    sizes = {name: (SIDE + 10 * (number % 4), SIDE) for number, name in enumerate(graph.names)}
    return lay_out(graph, sizes, dict.fromkeys(edges(graph), 80.0), edges(graph), down=down)


def at_side(point: Point, box: Box, *, down: bool, start: bool) -> bool:
    """Whether a point lies on the side of a box where arrows forward leave it, or arrive."""
    sign = 1 if start else -1
    along, across = (point[1] - box.y, point[0] - box.x) if down else (point[0] - box.x, point[1] - box.y)
    length, breadth = (box.height, box.width) if down else (box.width, box.height)
    return along == pytest.approx(sign * length / 2) and abs(across) <= breadth / 2 + 1e-6


@given(graph=graphs(), down=st.booleans())
def test_boxes_are_apart_and_joined(graph: Graph, down: bool) -> None:
    layout = laid_out(graph, down=down)
    assert set(layout.boxes) == set(graph.names)
    for one, other in itertools.combinations(layout.boxes.values(), 2):
        assert not one.meets(other)
    for box in layout.boxes.values():
        assert box.width / 2 - 1e-6 <= box.x <= layout.width - box.width / 2 + 1e-6
        assert box.height / 2 - 1e-6 <= box.y <= layout.height - box.height / 2 + 1e-6
    assert set(layout.forward) == set(layout.backward) == set(edges(graph))
    for (start, end), arrow in layout.forward.items():
        back = layout.backward[start, end]
        for first, last in ((arrow.points[0], arrow.points[-1]), (back.points[-1], back.points[0])):
            assert at_side(first, layout.boxes[start], down=down, start=True)
            assert at_side(last, layout.boxes[end], down=down, start=False)


def on(arrow: Arrow) -> list[Point]:
    """Points of an arrow's parts: its curves stay between their ends, and bend in the middle."""
    points = []
    for (x, y), (to_x, to_y) in itertools.pairwise(arrow.points):
        for step in range(1, 20):
            share = step / 20
            bend = 3 * share**2 - 2 * share**3  # across; along, it is nearly `share`
            points.append(
                (x + (to_x - x) * (bend if arrow.down else share), y + (to_y - y) * (share if arrow.down else bend))
            )
    return points


@given(graph=graphs(), down=st.booleans())
def test_no_arrow_runs_through_a_box(graph: Graph, down: bool) -> None:
    layout = laid_out(graph, down=down)
    for arrow in (*layout.forward.values(), *layout.backward.values()):
        for x, y in on(arrow):
            for name, box in layout.boxes.items():
                assert not Box(x, y, 0, 0).meets(Box(box.x, box.y, box.width - 1, box.height - 1)), name


@given(graph=graphs())
def test_arrows_go_forward(graph: Graph) -> None:
    places = assign_places(graph)
    assert all(places.layers[start] < places.layers[end] for start, end in edges(graph))
    assert laid_out(graph, down=False) == laid_out(graph, down=False)


@pytest.mark.parametrize("graph", [TASK1, TASK2])
def test_the_chain_of_operations_is_straight(graph: Graph) -> None:
    places = assign_places(graph)
    assert {places.lanes[node.name] for node in graph.nodes} == {0}


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("graph", [TASK1, TASK2])
def test_labels_do_not_cover_boxes_or_each_other(graph: Graph, down: bool) -> None:
    layout = laid_out(graph, down=down)
    labels = [Box(*arrow.label, 60, 17) for way in (layout.forward, layout.backward) for arrow in way.values()]
    for one, other in itertools.combinations([*labels, *layout.boxes.values()], 2):
        assert not one.meets(other)


@pytest.mark.parametrize("down", [False, True])
def test_labels_of_crossing_edges_do_not_overlap(down: bool) -> None:
    sizes = dict.fromkeys(LOGISTIC.names, (SIDE, SIDE))
    layout = lay_out(LOGISTIC, sizes, dict.fromkeys(edges(LOGISTIC), 40.0), down=down)
    labels = [Box(*arrow.label, 40, LABEL_HEIGHT) for arrow in layout.forward.values()]
    for one, other in itertools.combinations([*labels, *layout.boxes.values()], 2):
        assert not one.meets(other)


def test_box_meets() -> None:
    assert Box(0, 0, 10, 10).meets(Box(9, 9, 10, 10))
    assert not Box(0, 0, 10, 10).meets(Box(11, 0, 10, 10))
    assert not Box(0, 0, 10, 10).meets(Box(10, 0, 10, 10))
    assert not Box(0, 0, 10, 10).meets(Box(0, 10, 10, 10))
    assert Box(0, 0, 10, 4).meets(Box(9, 3, 10, 4))
    assert not Box(0, 0, 10, 4).meets(Box(3, 9, 10, 4))


def moved(point: Point) -> Point:
    return (round(point[0], 1), round(point[1], 1))


SQUARES = dict.fromkeys(TASK1.names, (70.0, 70.0))
ON_ARROWS = {("x", "y_hat"): 60.0, ("s", "loss"): 30.0}
BACK = [("w", "y_hat"), ("y_hat", "s")]


def test_a_small_graph_is_laid_out_to_the_right() -> None:
    layout = lay_out(TASK1, SQUARES, ON_ARROWS, BACK, down=False)
    assert (layout.width, layout.height) == (462, 208)
    assert {name: (box.x, box.y) for name, box in layout.boxes.items()} == {
        **{"x": (35, 81), "w": (35, 173), "y": (191, 35), "y_hat": (191, 127), "s": (301, 127), "loss": (427, 127)}
    }
    assert {edge: tuple(map(moved, arrow.points)) for edge, arrow in layout.forward.items()} == {
        ("x", "y_hat"): ((70, 81), (156, 101.8)),
        ("w", "y_hat"): ((70, 164), (156, 143.2)),  # beside the one back
        ("y_hat", "s"): ((226, 118), (266, 118)),
        ("y", "s"): ((226, 35), (266, 101.8)),
        ("s", "loss"): ((336, 127), (392, 127)),
    }
    assert {edge: tuple(map(moved, arrow.points)) for edge, arrow in layout.backward.items()} == {
        ("w", "y_hat"): ((156, 161.2), (70, 182)),
        ("y_hat", "s"): ((266, 136), (226, 136)),
    }
    assert moved(layout.forward["x", "y_hat"].label) == (113, 91.4)  # half way
    assert moved(layout.backward["w", "y_hat"].label) == (113, 171.6)


def test_a_small_graph_is_laid_out_downwards() -> None:
    layout = lay_out(TASK1, SQUARES, ON_ARROWS, BACK, down=True)
    assert moved((layout.width, layout.height)) == (208, 489.2)
    assert {name: moved((box.x, box.y)) for name, box in layout.boxes.items()} == {
        **{"x": (81, 35), "w": (173, 35), "y": (35, 189.6), "y_hat": (127, 189.6)},
        **{"s": (127, 299.6), "loss": (127, 454.2)},
    }
    assert tuple(map(moved, layout.backward["w", "y_hat"].points)) == ((161.2, 154.6), (182, 70))
    assert moved(layout.forward["x", "y_hat"].label) == (91.4, 112.3)
    assert moved(layout.backward["w", "y_hat"].label) == (179.2, 93.5)  # nearer to the beginning than one forward


def test_a_text_beside_a_box_makes_its_layer_longer() -> None:
    plain = lay_out(TASK1, SQUARES, {}, down=False)
    longer = lay_out(TASK1, SQUARES, {}, down=False, lengths={"y_hat": 100.0, "s": 5.0}, between=20.0)
    assert plain.width == 4 * 70 + 3 * 40
    assert longer.width == 4 * 70 + 30 + 3 * 20
    assert longer.boxes["y_hat"].x - longer.boxes["y"].x == 0


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.render") == set()
