"""Boxes do not meet, arrows begin and end at boxes and run through none, whatever the graph."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.graph import Graph, Node, parse
from autograder.report.layout import LABEL_HEIGHT, SIDE, Arrow, Box, Layout, Point, edges, lay_out, place

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


@settings(max_examples=150, deadline=None)
@given(graph=graphs(), down=st.booleans())
def test_boxes_are_apart_and_inside_and_arrows_join_them(graph: Graph, down: bool) -> None:
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


@settings(max_examples=150, deadline=None)
@given(graph=graphs(), down=st.booleans())
def test_no_arrow_runs_through_a_box(graph: Graph, down: bool) -> None:
    layout = laid_out(graph, down=down)
    for arrow in (*layout.forward.values(), *layout.backward.values()):
        for x, y in on(arrow):
            for name, box in layout.boxes.items():
                assert not Box(x, y, 0, 0).meets(Box(box.x, box.y, box.width - 1, box.height - 1)), name


@settings(max_examples=100, deadline=None)
@given(graph=graphs())
def test_every_arrow_goes_forward_and_the_same_graph_is_laid_out_the_same(graph: Graph) -> None:
    places = place(graph)
    assert all(places.layers[start] < places.layers[end] for start, end in edges(graph))
    assert laid_out(graph, down=False) == laid_out(graph, down=False)


@pytest.mark.parametrize("graph", [TASK1, TASK2])
def test_the_chain_of_operations_is_straight(graph: Graph) -> None:
    places = place(graph)
    assert {places.lanes[node.name] for node in graph.nodes} == {0}


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("graph", [TASK1, TASK2])
def test_labels_do_not_cover_boxes_or_each_other(graph: Graph, down: bool) -> None:
    layout = laid_out(graph, down=down)
    labels = [Box(*arrow.label, 60, 17) for way in (layout.forward, layout.backward) for arrow in way.values()]
    for one, other in itertools.combinations([*labels, *layout.boxes.values()], 2):
        assert not one.meets(other)


@pytest.mark.parametrize("down", [False, True])
def test_labels_make_room_for_each_other_where_edges_cross(down: bool) -> None:
    sizes = dict.fromkeys(LOGISTIC.names, (SIDE, SIDE))
    layout = lay_out(LOGISTIC, sizes, dict.fromkeys(edges(LOGISTIC), 40.0), down=down)
    labels = [Box(*arrow.label, 40, LABEL_HEIGHT) for arrow in layout.forward.values()]
    for one, other in itertools.combinations([*labels, *layout.boxes.values()], 2):
        assert not one.meets(other)


def test_boxes_that_meet_are_told_from_those_that_do_not() -> None:
    assert Box(0, 0, 10, 10).meets(Box(9, 9, 10, 10))
    assert not Box(0, 0, 10, 10).meets(Box(11, 0, 10, 10))
