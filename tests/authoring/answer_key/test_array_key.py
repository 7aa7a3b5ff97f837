"""The key of a lab with vectors and matrices: as data, as a page, as Markdown and as JSON."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from array_labs import layer
from browser import Page, needs_browser
from conftest import ROOT, RunVerb

from autograder.authoring.answer_key import markdown, show
from autograder.authoring.answer_key.array_derivation import ArrayDerived, derive
from autograder.authoring.answer_key.exact_arrays import ArrayResults
from autograder.authoring.answer_key.key import GraphKey, Key, TrainingKey, key
from autograder.authoring.answer_key.reference import ReferenceRun, Solution
from autograder.authoring.answer_key.wrong_answers import ArrayQuantity, Quantity, WrongArray, WrongNumber
from autograder.graph import Graph, parse
from autograder.graph.array_graph import ArrayGraph
from autograder.graph.descent import Epoch
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("array key")]


@pytest.fixture(scope="module")
def layer_key(server: ForkServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Key]:
    lab = layer(tmp_path_factory.mktemp("layer"))
    return lab, key(lab, server)


def _graph() -> Graph:
    parsed = parse({"z": "X @ w", "loss": "mean(z)"}, ("X", "w"))
    return ArrayGraph(parsed.inputs, parsed.nodes)


def _small_key(samples: int) -> Key:
    """A key with one quantity of each kind. samples: the elements of z."""
    inputs = {"X": np.full((samples, 2), 0.5), "w": np.array([1.0, 2.0])}
    right = derive(ArrayResults(_graph(), inputs, "graph g"), ["dloss_dw"])
    wrong = (WrongArray((2.0,) * samples, ("z is wrong",), False, (samples,)), WrongNumber((3.0,), ("it is a number",)))
    z = ArrayQuantity("z", ("on paper", "f"), (1.5,) * samples, wrong, (), 2, (samples,))
    grown = Quantity("loss", ("f",), (1.5,), (WrongArray((1.0,) * 20, ("it has grown",), False, (4, 5)),), ("a",), 2)
    epochs = (Epoch(0, {"w": inputs["w"]}, 1.5, {"w": np.arange(8.0)}), Epoch(1, {"w": -inputs["w"]}, 0.5, {"w": 0.0}))
    training = TrainingKey("train", "g", "", {"lr": 0.1, "n_epochs": 1}, ("w",), epochs, None, (z,))
    solution = Solution("reference/Lab.py", "x = 1", (ReferenceRun("f()", "[1.0]"),))
    return Key("Small", (GraphKey("g", "step 1", right, (z, grown)),), (training,), solution)


def test_wrong_arrays_have_causes_and_shapes(layer_key: tuple[Lab, Key]) -> None:
    (graph,) = layer_key[1].graphs
    asked = {each.name: each for each in graph.asked}
    assert not isinstance(asked["loss"], ArrayQuantity)
    b = asked["dloss_db"]
    assert isinstance(b, ArrayQuantity)
    assert (b.shape, len(b.right)) == ((3,), 3)
    causes = {name: wrong for wrong in b.wrong for name in wrong.mistakes}
    assert len(b.wrong) > 5
    assert all(len(wrong.numbers) == np.prod(wrong.shape) for wrong in b.wrong if isinstance(wrong, WrongArray))
    for name, wrong in causes.items():
        assert wrong.numbers != b.right, name
    shown = [show.result(wrong) for wrong in b.wrong]
    assert len(set(shown)) == len(shown)


def test_training_of_arrays_has_every_epoch_and_no_closed_form(layer_key: tuple[Lab, Key]) -> None:
    lab, the_key = layer_key
    (training,) = the_key.trainings
    assert training.closed_form is None
    assert [np.shape(training.epochs[0].weights[name]) for name in ("W", "b")] == [(2, 3), (3,)]
    assert [each.name for each in training.asked] == ["W", "b", "losses"]
    assert training.asked[2].right == tuple(step.loss for step in training.epochs[:-1])
    assert training.asked[0].right == tuple(training.epochs[-1].weights["W"].ravel().tolist())
    for text in (show.html(the_key, lab.graphs), markdown.markdown(the_key)):
        assert "Closed form" not in text
        assert "quadratic" not in text


def test_page_has_every_number_and_shape(layer_key: tuple[Lab, Key]) -> None:
    lab, the_key = layer_key
    page = show.html(the_key, lab.graphs)
    text = re.sub(r"</?m[a-z]+[^>]*>", " ", page).replace("&#x02212;", "-")
    text = re.sub(r"- +(?=\d)", "-", text)
    right = the_key.graphs[0].right
    assert isinstance(right, ArrayDerived)
    equations = [*right.inputs, *right.values, *(each for back in right.backward for each in back.gradients)]
    for each in equations:
        for number in np.ravel(each.result.value):
            assert f" {number:.6g} " in text, each.name
        assert each.shape in text
    assert "<mtable>" in page
    assert "\\" not in re.sub(r"(?s)<pre>.*?</pre>", "", page), "LaTeX is left"
    assert "each element of b is used 3 times in a, so its gradient is a sum" in page
    assert not re.search(r"src=|href=\"(?!#)|url\(|@import|<script", page)


def test_json_has_nested_lists(layer_key: tuple[Lab, Key]) -> None:
    data = json.loads(show.json(layer_key[1]))
    assert data["graphs"][0]["right"]["inputs"][0]["result"]["shape"] == [3, 2]
    assert np.shape(data["trainings"][0]["epochs"][0]["weights"]["W"]) == (2, 3)
    assert data["graphs"][0]["asked"][0]["shape"] == [3, 3]


def test_wrong_arrays_of_few_elements_are_folded_others_not_listed() -> None:
    page, text = (show.html(_small_key(4), {"g": _graph()}), markdown.markdown(_small_key(4)))
    assert "<details><summary>2 wrong arrays with their causes</summary>" in page
    assert "[2, 2, 2, 2]" in page
    assert "| [2, 2, 2, 2] | z is wrong |" in text
    assert "[1, 1, 1, …, 1], 4×5" in page
    assert "**`z` = [1.5, 1.5, 1.5, 1.5]** (vector of 4; on paper, f)" in text
    page, text = (show.html(_small_key(40), {"g": _graph()}), markdown.markdown(_small_key(40)))
    for shown in (page, text):
        assert "Known mistakes lead to 2 other arrays, of 40 elements each; they are not listed." in shown
        assert "[2, 2, 2, …, 2]" not in shown
        assert "[1.5, 1.5, 1.5, …, 1.5], vector of 40" in shown


def test_markdown_keeps_backslashes_from_github() -> None:
    text = markdown.markdown(_small_key(4))
    assert "- `w` (vector of 2): $`w = {\\begin{bmatrix} 1 \\\\ 2 \\end{bmatrix}}`$" in text
    assert not re.search(r"\$(?!`)[^$`]*\\begin", text)
    assert "| 0 | [1, 2] | 1.5 | [0, 1, 2, …, 7] |" in text
    assert "| end | [-1, -2] | 0.5 | 0 |" in text


def test_arrows_have_short_arrays_and_boxes_shapes() -> None:
    figure = show.figure(_graph(), "g", _small_key(40).graphs[0].right)
    for label in ("(40, 2)", "(40,)", "[1, 2]", "[0.5, 0.5]", "…"):
        assert f">{label}</text>" in figure, label


@pytest.mark.slow("answer keys by the command")
def test_command_for_the_lab_with_arrays(tmp_path: Path, run_verb: RunVerb) -> None:
    lab = ROOT / "labs/linear_regression"
    done = run_verb("key", "--lab", lab, "--format", "md", "--out", "-", "--set", "regression.w=[0.5, -2]")
    assert (done.returncode, done.stderr) == (0, "-: the answer key\n")
    assert "- `w` (vector of 2): $`w = {\\begin{bmatrix} 0.5 \\\\ -2 \\end{bmatrix}}`$" in done.stdout
    assert ">>> gradients()\n{'dloss_de': [-0.75, -1.25, 0.0, 0.5]," in done.stdout
    done = run_verb("key", "--lab", lab, "--set", "regression.w=[0.5]")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "a list of shape (1,) does not fit; w has shape (2,)" in done.stderr


def test_key_of_a_lab_without_a_graph_is_its_reference(run_verb: RunVerb, tmp_path: Path) -> None:
    done = run_verb("key", "--lab", ROOT / "tests/labs/shapes")
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "key.html").read_text()
    assert "def flatten" in page
    assert "&gt;&gt;&gt; flatten()" in page


@needs_browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False)])
def test_page_fits_the_screen(
    chromium: Page, layer_key: tuple[Lab, Key], tmp_path: Path, width: int, dark: bool
) -> None:
    lab, the_key = layer_key
    pages = {"layer": show.html(the_key, lab.graphs), "small": show.html(_small_key(40), {"g": _graph()})}
    for name, page in pages.items():
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
        chromium.resize(width, 900, dark=dark)
        chromium.open(tmp_path / f"{name}.html")
        chromium.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert chromium.overflow() == 0
        tall = "[...document.querySelectorAll('math mtable')].every(each => each.getBoundingClientRect().height > 10)"
        assert chromium.evaluate(tall)
    assert chromium.complaints() == []


@needs_browser
def test_nothing_is_cut_off_on_paper(chromium: Page, layer_key: tuple[Lab, Key], tmp_path: Path) -> None:
    (tmp_path / "key.html").write_text(show.html(layer_key[1], layer_key[0].graphs), encoding="utf-8")
    chromium.resize(680, 1000, medium="print")  # A4 between its margins, in CSS pixels
    chromium.open(tmp_path / "key.html")
    assert chromium.overflow() <= 0
    cut = "[...document.querySelectorAll('main *')].filter(e => !e.closest('svg, math') && e.clientWidth"
    assert chromium.evaluate(f"{cut} && e.scrollWidth > e.clientWidth).map(e => e.textContent)") == []
