"""A quantity's name means the same everywhere: of a derivative, the total one."""

import shutil
from pathlib import Path

import pytest

from autograder import rubric
from autograder.authoring.handout.spoilers import numbers
from autograder.checks.compare import compare
from autograder.checks.follow_through import recomputed, through
from autograder.graph import Graph, parse
from autograder.graph.quantities import (
    chain,
    depends_on,
    derivative,
    expected,
    in_order,
    is_ambiguous,
    link_name,
    local_derivatives,
)
from autograder.mistakes.procedure import Procedure
from autograder.rubric import FileError, Tolerance
from autograder.sandbox.host.protocol import Number

ROOT = Path(__file__).resolve().parents[2]
TWO_WAYS = parse({"z": "x * w", "s": "z + x", "loss": "s ** 2"})
TOLERANCE = Tolerance(rtol=1e-3, atol=1e-6)
INPUTS = {"x": 2.0, "w": 3.0}
NAMES = ("z", "s", "loss", "ds_dz", "dz_dx", "ds_dx", "ds_dw", "dloss_dx")
RIGHT = {"z": 6, "s": 8, "loss": 64, "ds_dz": 1, "dz_dx": 3, "ds_dx": 4, "ds_dw": 2, "dloss_dx": 64}


def test_everybody_agrees_on_a_derivative_along_two_ways() -> None:
    assert expected(TWO_WAYS, NAMES, INPUTS) == RIGHT
    assert Procedure(TWO_WAYS, TWO_WAYS).results(NAMES, INPUTS) == RIGHT
    again = recomputed(TWO_WAYS, INPUTS, {})
    assert {name: again[name] for name in RIGHT if name in again} == {
        name: RIGHT[name]
        for name in RIGHT
        if name != "ds_dw"  # neither of an operation nor of the output
    }


def test_the_local_derivative_beside_another_way_does_not_follow() -> None:
    """1 is d s / d x with z held fixed. It is wrong, whatever else the student has."""
    asked = ("z", "s", "loss", "ds_dz", "dz_dx", "ds_dx", "dloss_dx")
    sets = []
    for inputs in (INPUTS, {"x": -1.5, "w": 0.5}):
        right = expected(TWO_WAYS, asked, inputs)
        returned = {**right, "ds_dx": 1.0}
        tolerance = Tolerance(rtol=1e-3, atol=1e-6)
        sets.append(
            (inputs, {name: compare(Number(returned[name], "float"), right[name], tolerance) for name in asked})
        )
    for found in through(TWO_WAYS, sets, Tolerance(rtol=1e-3, atol=1e-6)):
        assert found["ds_dx"].wrong
        assert all(found[name].right for name in asked if name != "ds_dx")


@pytest.mark.parametrize(
    ("nodes", "ambiguous"),
    [
        ({"z": "x * w", "s": "z + x"}, {"ds_dx"}),
        ({"s": "x * x"}, set()),
        ({"a": "x * w", "b": "x + w", "s": "a - b"}, set()),
        ({"a": "exp(x)", "b": "a * w", "s": "b / a"}, {"ds_da"}),
        ({"z": "x * w", "x_1": "x + 0", "s": "z + x_1"}, set()),
    ],
)
def test_ambiguous_derivative_name(nodes: dict[str, str], ambiguous: set[str]) -> None:
    graph = parse(nodes)
    links = [(node.name, operand) for node in graph.nodes for operand in node.names]
    assert {f"d{of}_d{wrt}" for of, wrt in links if is_ambiguous(graph, f"d{of}_d{wrt}")} == ambiguous
    assert not ambiguous & local_derivatives(graph).keys()
    assert {link_name(graph, link) for link in links} == local_derivatives(graph).keys() | {
        f"{name} along its arrow" for name in ambiguous
    }


def test_the_name_of_a_node_is_no_derivative() -> None:
    graph = parse({"dx_dy": "x * y", "s": "dx_dy + x"})
    assert derivative(graph, "dx_dy") is None
    assert derivative(graph, "ddx_dy_dx") == ("dx_dy", "x")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The real lab, in whose first graph the loss uses s directly and through another node."""
    shutil.copy(ROOT / "rubric.yaml", tmp_path)
    shutil.copytree(ROOT / "reference", tmp_path / "reference")
    return tmp_path


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    text = (folder / "rubric.yaml").read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "rubric.yaml").write_text(text)
    return folder


SENTENCE = (
    r"dloss_dy_hat can mean two derivatives, because loss = s \* y_hat uses y_hat directly and through s; let loss use "
    r"a node of its own in place of y_hat, such as y_hat_1 = y_hat \+ 0, or leave dloss_dy_hat out"
)
LOSS = ("      loss: s ** 2", "      loss: s * y_hat")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("    quantities: [dloss_dw]", "    quantities: [dloss_dy_hat]"), r"checks\[2\]\.quantities"),
        (("    returns: [loss, dloss_dw]", "    returns: [loss, dloss_dy_hat]"), r"functions\.check_result\.returns"),
        (
            ("graph: task2\n    instead_of: dy_hat_dm2", "graph: task1\n    instead_of: dloss_dy_hat"),
            r"mistakes\[0\]\.instead_of",
        ),
    ],
)
def test_a_rubric_must_not_ask_for_an_ambiguous_name(folder: Path, change: tuple[str, str], where: str) -> None:
    with pytest.raises(FileError, match=rf"line \d+ \({where}\): {SENTENCE}"):
        rubric.load(changed(folder, LOSS, change))


def test_what_the_sentence_advises_is_accepted(folder: Path) -> None:
    loss = (LOSS[0], "      y_hat_1: y_hat + 0\n      loss: s * y_hat_1")
    the_lab = rubric.load(changed(folder, loss, ("    quantities: [dloss_dw]", "    quantities: [dloss_dy_hat]")))
    assert the_lab.graphs["task1"].bypassed == frozenset()


def test_a_sheet_is_searched_for_the_value_that_the_name_means(folder: Path) -> None:
    the_lab = rubric.load(changed(folder, LOSS))
    total = 3.0  # of s * y_hat by y_hat, where s = y_hat - y: 2 * 2 - 1; with s held fixed it is 1
    graph: Graph = the_lab.graphs["task1"]
    assert expected(graph, ["dloss_dy_hat"], {"x": 4.0, "y": 1.0, "w": 0.5}) == {"dloss_dy_hat": total}
    assert list(numbers(the_lab, {"README.md": "dloss_dy_hat = 3"})) == [
        "README.md, line 1, has 3, which is dloss_dy_hat of task1; remove it"
    ]
    assert not list(numbers(the_lab, {"README.md": "dloss_dy_hat = 1"}))


def test_what_a_quantity_is_computed_from() -> None:
    graph = parse({"y_hat": "x * w", "s": "y_hat - y", "loss": "s ** 2"}, inputs=("x", "w", "y"))
    assert depends_on(graph, "x") == set()
    assert depends_on(graph, "s") == {"y_hat", "y", "x", "w"}
    assert depends_on(graph, "dloss_ds") == {"loss", "s", "y_hat", "y", "x", "w"}
    assert depends_on(graph, "dloss_dw") >= {"dloss_dy_hat", "dloss_ds", "ds_dy_hat", "dy_hat_dw"}
    assert "dloss_dw" not in depends_on(graph, "dloss_dy_hat")


def test_a_graph_with_very_many_ways_takes_no_longer_for_that() -> None:
    """Each node is used by the next two, so the ways are as many as Fibonacci's numbers."""
    graph = parse({"n0": "x * w", "n1": "n0 + x", **{f"n{i}": f"n{i - 1} + n{i - 2}" for i in range(2, 60)}})
    assert {"n0", "x", "w"} <= depends_on(graph, "n59")
    assert "dn59_dn30" in depends_on(graph, "dn59_dw")


ONE_WAY = parse({"z": "x * w", "s": "z + b", "loss": "s ** 2"})


@pytest.mark.parametrize(
    ("graph", "name", "factors"),
    [
        (ONE_WAY, "dloss_dw", ("dloss_ds", "ds_dz", "dz_dw")),
        (ONE_WAY, "dloss_db", ("dloss_ds", "ds_db")),
        (ONE_WAY, "ds_dz", ("dloss_ds", "ds_dz")),  # a local derivative, after those before it
        (ONE_WAY, "dloss_ds", ("dloss_ds",)),
        (ONE_WAY, "loss", ()),
        (TWO_WAYS, "dloss_dx", ()),  # a sum of two products
        (TWO_WAYS, "dloss_dw", ("dloss_ds", "ds_dz", "dz_dw")),
        (TWO_WAYS, "ds_dx", ()),  # its local derivative has no name
    ],
)
def test_a_derivative_is_a_product_of_local_ones(graph: Graph, name: str, factors: tuple[str, ...]) -> None:
    assert chain(graph, name) == factors


def test_quantities_are_in_the_order_of_computation() -> None:
    names = ["dloss_dw", "loss", "dz_dw", "dloss_db", "z", "dloss_ds", "s"]
    assert in_order(ONE_WAY, names) == ["z", "s", "loss", "dloss_ds", "dz_dw", "dloss_db", "dloss_dw"]
