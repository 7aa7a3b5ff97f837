"""The drawing shows every node, input, arrow and state, in words too, and nothing in it is markup of others."""

import re
import xml.etree.ElementTree as ET

import pytest
from test_graph_layout import TASK1, TASK2

from autograder.graph import Graph, Node, parse
from autograder.outcome import SIGNS, Curve, State
from autograder.render import graph_svg, loss_plot

ALL = ("dloss_ds", "ds_dy_hat", "dy_hat_dm2", "dm2_dw2", "dm2_dr", "dr_dm1", "dm1_dw1", "dloss_dw2", "dloss_dw1")


def parsed(figure: str) -> ET.Element:
    return ET.fromstring(figure)


def texts(svg: ET.Element) -> list[str]:
    return [element.text or "" for element in svg.iter("text")]


def pictures(figure: str) -> list[ET.Element]:
    return parsed(figure).findall("svg")


@pytest.mark.parametrize("graph", [TASK1, TASK2])
def test_both_pictures_are_complete(graph: Graph) -> None:
    wide, tall = pictures(graph_svg.graph_figure(graph, "title"))
    assert (wide.get("class"), tall.get("class")) == ("wide", "tall")
    for svg in (wide, tall):
        assert sorted(texts(svg)) == sorted([*graph.names, *(node.text for node in graph.nodes)])
        ahead = [path for path in svg.iter("path") if path.get("class") == "ahead"]
        assert len(ahead) == sum(len(node.names) for node in graph.nodes)
        assert not [path for path in svg.iter("path") if path.get("class") == "back"]
    assert float(tall.get("width", "")) < 330 < float(wide.get("width", ""))


def test_states_and_the_first_mistake_are_drawn() -> None:
    states: list[tuple[str, State]] = [("m1", "right"), ("r", "partly"), ("m2", "follows"), ("s", "wrong")]
    for svg in pictures(graph_svg.graph_figure(TASK2, "title", states=states)):
        for name, state in states:
            (group,) = [g for g in svg.iter("g") if f"node {state}" == g.get("class")]
            assert f"{name} {SIGNS[state]}" in texts(group)
            assert bool([rect for rect in group.iter("rect") if rect.get("class") == "ring"]) == (name == "r")
        assert svg.get("role") == "img"
        assert svg.findtext("title") == "title"
        assert "r: partly right, the first mistake; m2: right, following; s: wrong" in svg.get("aria-label", "")
    assert "look here first" in graph_svg.graph_figure(TASK2, "title", states=states)
    assert "look here first" not in graph_svg.graph_figure(TASK2, "title", states=states[:1])


def test_derivatives_are_placed() -> None:
    states: list[tuple[str, State]] = [(name, "wrong" if name == "dm2_dr" else "right") for name in ALL]
    for svg in pictures(graph_svg.graph_figure(TASK2, "title", states=states)):
        boxes = {texts(g)[0]: texts(g)[1:] for g in svg.findall("g") if "label" not in g.get("class", "")}
        assert boxes["w2"] == ["dloss_dw2 ✓"]
        assert boxes["m2"] == ["r * w2"]
        on_arrows = [text for g in svg.findall("g") if "label" in g.get("class", "") for text in texts(g)]
        local = [name for name in ALL if not name.startswith("dloss_dw")]
        assert on_arrows == [f"{name} {'✗' if name == 'dm2_dr' else '✓'}" for name in local]
        # the chain rule goes along every edge but those from x1 and y
        assert len([path for path in svg.iter("path") if path.get("class") == "back"]) == len(TASK2.nodes) + 1
        assert len([rect for rect in svg.iter("rect") if rect.get("class") == "ring"]) == 1


def test_values_and_gradients_are_placed() -> None:
    graph = parse({"a": "x * w", "b": "a + x"})
    figure = graph_svg.graph_figure(
        graph, "t", values={"x": "2", "w": "3", "a": "6", "b": "8"}, gradients={"a": "1", "x": "4"}
    )
    for svg in pictures(figure):
        boxes = {texts(g)[0]: texts(g)[1:] for g in svg.findall("g") if "label" not in g.get("class", "")}
        assert boxes == {"x": ["4"], "w": [], "a": ["x * w"], "b": ["a + x", "8"]}  # x has two arrows back: the sum
        on_arrows = [text for g in svg.findall("g") if "label" in g.get("class", "") for text in texts(g)]
        assert sorted(on_arrows) == ["1", "2", "2", "3", "6"]
        assert len([path for path in svg.iter("path") if path.get("class") == "back"]) == 3


def test_unknown_quantity_is_left_out() -> None:
    figure = graph_svg.graph_figure(TASK1, "t", states=[("losses", "wrong"), ("dnone_dw", "right"), ("s", "wrong")])
    assert "losses ✗" not in figure
    assert "s ✗" in figure


def test_text_is_escaped() -> None:
    evil = "<script>&\"'"
    figure = graph_svg.graph_figure(TASK1, evil, values={"x": evil}, gradients={"x": evil})
    assert "<script" not in figure
    for svg in pictures(figure):
        assert svg.findtext("title") == evil
        assert texts(svg).count(evil) == 2


def test_drawing_is_deterministic_without_ids() -> None:
    figure = graph_svg.graph_figure(TASK2, "t", states=[("m1", "right")])
    assert figure == graph_svg.graph_figure(TASK2, "t", states=[("m1", "right")])
    assert not re.search(r"\bid=|url\(|href|<style|<script", figure)


def test_a_graph_of_a_single_node_can_be_drawn() -> None:
    graph = Graph(("x",), (Node("loss", "**", ("x", 2.0)),))
    assert "dloss_dx ✗" in graph_svg.graph_figure(graph, "t", states=[("dloss_dx", "wrong")])


def test_losses_outside_the_plot_are_counted() -> None:
    figure = loss_plot.loss_figure(Curve([1.0, 0.5, 99.0, 0.2, float("nan")], [1.0, 0.4, 0.2, 0.1, 0.05]))
    (svg,) = pictures(figure)
    paths = {path.get("class"): path.get("d", "") for path in svg.iter("path")}
    assert paths["yours dots"].count("M") == 3
    assert paths["yours"].count("M") == 2  # broken where the third lies beyond
    assert paths["expected"].count("L") == 4
    assert "2 of yours are outside the plot" in figure
    assert {"loss", "epoch", "0", "1", "4"} <= set(texts(svg))


@pytest.mark.parametrize("losses", [[], [0.0], [1e300, 1e-300], [-1.0, 2.0], [float("inf")] * 200])
@pytest.mark.parametrize("expected", [[1.0, 0.5], [], [0.0], [float("inf"), 1e-9]])
def test_any_losses_can_be_drawn(losses: list[float], expected: list[float]) -> None:
    (svg,) = pictures(loss_plot.loss_figure(Curve(losses, expected)))
    assert "nan" not in ET.tostring(svg, encoding="unicode")
    assert "inf" not in ET.tostring(svg, encoding="unicode")


@pytest.mark.parametrize(
    ("top", "expected"), [(1.2, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (19, [0, 5, 10, 15]), (0, [0]), (3e-5, [0, 1e-5, 2e-5])]
)
def test_ticks_are_round_numbers(top: float, expected: list[float]) -> None:
    assert loss_plot.ticks(top)[: len(expected)] == pytest.approx(expected)
    assert max(loss_plot.ticks(top)) <= top


@pytest.mark.parametrize(
    ("top", "most", "expected"),
    [
        *((3, 3, [0, 2]), (2.9, 3, [0, 1, 2]), (6, 6, [0, 2, 4, 6]), (5.9, 6, [0, 1, 2, 3, 4, 5])),
        *((60, 6, [0, 20, 40, 60]), (0.35, 3, [0, 0.2]), (-1, 6, [0])),
    ],
)
def test_there_are_fewer_ticks_than_fit(top: float, most: int, expected: list[float]) -> None:
    assert loss_plot.ticks(top, most) == pytest.approx(expected)


def test_a_loss_at_the_ends_of_the_plot_is_drawn() -> None:
    svg = loss_plot.thumbnail(Curve([1.2, 0.0], [1.0]), "told")
    assert 'class="yours" d="M26.0 8.0L174.0 92.0"' in svg


def test_one_loss_stands_at_the_left() -> None:
    assert 'class="yours" d="M26.0 22.0"' in loss_plot.thumbnail(Curve([1.0], [1.0]), "told")


def test_picture_width_keeps_text_readable() -> None:
    figure = graph_svg.graph_figure(TASK2, "t")
    wide, tall = pictures(figure)
    (rem,) = re.findall(r'class="graph from-(\d+)"', figure)
    shown = float(wide.get("width", ""))
    assert 0.8 * shown <= 16 * int(rem) < 0.8 * shown + 80 + 16
    assert tall.get("style") == f"min-width: {round(0.8 * float(tall.get('width', '')))}px"


def test_a_remembered_picture_is_the_same() -> None:
    states: tuple[tuple[str, State], ...] = (("m1", "right"), ("r", "wrong"), ("dr_dm1", "follows"))
    for title in ("one", "other", "one"):
        drawn = graph_svg.graph_figure(TASK2, title, states=states)
        assert graph_svg.remembered_figure(TASK2, title, states, {}) == drawn
    assert graph_svg.remembered_figure(TASK2, "one", states[:1], {}) != drawn
