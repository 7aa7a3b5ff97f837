"""The drawings are the ones that somebody last looked at.

After an intended change, write them again with `PYTHONPATH=tests python tests/render/test_drawn.py`, and look at them
in a browser.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from test_graph_layout import LOGISTIC, TASK1, TASK2

from autograder import rubric
from autograder.graph import parse
from autograder.outcome import Curve
from autograder.render import blank_graph_svg, graph_svg, loss_plot

FOLDER = Path(__file__).with_name("drawn")
LOSSES = Curve([1.0, 0.5, 99.0, 0.25], [1.0, 0.4, 0.2, 0.1])
BATCH = parse({"z": "X @ w", "loss": "mse(z, y)"})
SHAPES = {"X": (5, 2), "w": (2,), "z": (5,), "y": (5,)}
DRAWN: dict[str, Callable[[], str]] = {
    "states.html": lambda: graph_svg.graph_figure(
        TASK2, "states", states=[("m1", "right"), ("dloss_ds", "right"), ("dm2_dr", "wrong"), ("dloss_dw1", "partly")]
    ),
    "values.html": lambda: graph_svg.graph_figure(
        LOGISTIC,
        "values",
        values={name: f"{number}.25" for number, name in enumerate(LOGISTIC.names)},
        gradients={name: f"-{number}.5" for number, name in enumerate(LOGISTIC.names)},
    ),
    "plain.html": lambda: graph_svg.graph_figure(TASK1, "plain"),
    "curve.html": lambda: loss_plot.loss_figure(LOSSES),
    "right.html": lambda: loss_plot.reference_figure([3.0, 2.0, 1.5]),
    "small.html": lambda: loss_plot.thumbnail(LOSSES, "told"),
    "low.svg": lambda: blank_graph_svg.svg(parse({"y": "relu(x)"}), "a node is the lowest box", []),
    "shapes.html": lambda: graph_svg.graph_figure(BATCH, "shapes", states=[("z", "right")], shapes=SHAPES),
    "shapes.svg": lambda: blank_graph_svg.svg(BATCH, "shapes", ["w"], SHAPES),
    "weights.svg": lambda: blank_graph_svg.svg(TASK1, "weights", ["w", "x"]),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_looks_as_before(name: str) -> None:
    assert DRAWN[name]() == (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", [ROOT, *sorted((ROOT / "labs").iterdir())])
def test_the_handouts_pictures_look_as_before(folder: Path) -> None:
    the_lab = rubric.load(folder)
    pictures = sorted(the_lab.template.glob("*_graph.svg"))
    assert pictures
    for path in pictures:
        text = path.read_text(encoding="utf-8")
        name = path.name.removesuffix("_graph.svg")
        title, weights = re.findall(r"<title id=.title.>(.*)</title>|back from \w+ to (.*)[.]</desc>", text)
        back = re.findall(r"\b[wWb]\d?\b", weights[1])
        assert blank_graph_svg.svg(the_lab.graphs[name], title[0], back, the_lab.shapes(name)) == text


if __name__ == "__main__":
    for file, draw in DRAWN.items():
        (FOLDER / file).write_text(draw(), encoding="utf-8")
