"""The drawing in a lab sheet stands alone, holds names and operations and no value, and can be read on a phone."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from browser import Page, needs_browser
from test_graph_layout import TASK1, TASK2

from autograder.graph import Graph, parse
from autograder.graph.notation import plain_expression, plain_symbol
from autograder.render import blank_graph_svg

SVG = "{http://www.w3.org/2000/svg}"
CROSSED = parse({"z": "w * x", "p": "log(z)", "q": "1 - z", "a": "y * p", "n": "1 - y", "b": "n * q", "loss": "a + b"})


def parsed(graph: Graph, *weights: str) -> ET.Element:
    return ET.fromstring(blank_graph_svg.svg(graph, "title", weights))


def texts(svg: ET.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize("graph", [TASK1, TASK2, CROSSED])
def test_picture_has_every_name_once(graph: Graph) -> None:
    svg = parsed(graph)
    names = [plain_symbol(name) for name in graph.names]
    assert sorted(texts(svg)) == sorted([*names, *(plain_expression(node) for node in graph.nodes)])
    assert len([path for path in svg.iter(f"{SVG}path") if path.get("class") == "edge"]) == sum(
        len(node.names) for node in graph.nodes
    )


def test_gradient_goes_back_to_weights() -> None:
    svg = parsed(TASK2, "w2", "w1")
    weights = [group.findtext(f"{SVG}text") for group in svg.findall(f"{SVG}g[@class='weight']")]
    assert sorted(weights) == ["w₁", "w₂"]
    assert "backpropagation: from loss back to w₂ and w₁" in texts(svg)
    assert len(svg.findall(f"{SVG}path[@class='back']")) == 1
    assert not parsed(TASK2).findall(f"{SVG}path[@class='back']")


def test_it_is_told_in_words_too() -> None:
    svg = parsed(TASK1, "w")
    assert svg.get("aria-labelledby") == "title desc"
    assert svg.findtext(f"{SVG}title") == "title"
    assert svg.findtext(f"{SVG}desc") == (
        "y_hat = x * w; s = y_hat - y; loss = s ** 2. The gradient is passed back from loss to w."
    )
    assert blank_graph_svg.in_words(CROSSED).startswith("w and x give z, z gives p, z gives q, y and p give a")


@pytest.mark.parametrize("graph", [TASK1, TASK2, CROSSED])
def test_boxes_lie_in_the_picture_and_apart(graph: Graph) -> None:
    svg = parsed(graph, *graph.inputs)
    left, top, width, height = map(float, svg.get("viewBox", "").split())
    rects = [
        {name: float(rect.get(name, "0")) for name in ("x", "y", "width", "height")} for rect in svg.iter(f"{SVG}rect")
    ]
    paper, *boxes = rects
    assert paper == {"x": left, "y": top, "width": width, "height": height}
    for box in boxes:
        assert left <= box["x"] <= box["x"] + box["width"] <= left + width
        assert top <= box["y"] <= box["y"] + box["height"] <= top + height
    for text in svg.iter(f"{SVG}text"):
        half = 3.6 * len(text.text or "")
        assert left <= float(text.get("x", "")) - half <= float(text.get("x", "")) + half <= left + width
        assert top <= float(text.get("y", "")) <= top + height


def test_the_file_asks_for_nothing_and_its_text_is_escaped() -> None:
    text = blank_graph_svg.svg(TASK1, "<script>&", ["w"])
    assert "<script" not in text
    assert not re.search(r"href|url\(|@import|<image", text)
    assert text == blank_graph_svg.svg(TASK1, "<script>&", ["w"])


@needs_browser
@pytest.mark.parametrize("graph", [TASK1, TASK2])
def test_it_can_be_read_on_a_phone_and_in_the_dark(graph: Graph, chromium: Page, tmp_path: Path) -> None:
    (tmp_path / "graph.svg").write_text(blank_graph_svg.svg(graph, "t", graph.inputs))
    viewport = '<meta name="viewport" content="width=device-width">'
    (tmp_path / "sheet.html").write_text(f'{viewport}<img src="graph.svg" style="max-width: 100%">')
    chromium.open(tmp_path / "sheet.html")
    chromium.resize(360, 700)
    assert chromium.overflow() == 0
    shown = chromium.evaluate("(i => i.width / i.naturalWidth)(document.querySelector('img'))")
    assert 13 * shown > 9.5  # pixels of the smaller text
    chromium.open(tmp_path / "graph.svg")
    assert chromium.style(".paper", "fill") == "rgb(255, 255, 255)"
    chromium.resize(360, 700, dark=True)
    assert chromium.style(".paper", "fill") == "rgb(22, 27, 34)"
    assert chromium.complaints() == []
