"""An operation is one row of one table: the rest of the grader learns all of it from there."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authoring.answer_key.exact import Exact
from autograder.graph import OPERATIONS, ArrayOperation, LabOperation, notation, parse
from autograder.submission import evaluate

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = (0.7, 1.3)
OF_NUMBERS = [each for each in OPERATIONS.values() if not isinstance(each, ArrayOperation)]
ROW = """
    LabOperation("softstep", lambda a: math.log1p(math.exp(a)), (lambda a, y: 1 - math.exp(-y),),
                 r"s_+({0})", ("1 - e^{{-{1}}}",), "s₊({0})".format, lambda sympy, a: sympy.log(1 + sympy.exp(a)),
                 spellings=("smooth_relu",)),
)})
"""
EVERYWHERE = """
import json
from autograder.authoring.answer_key.derivation import derive
from autograder.authoring.answer_key.exact import Exact
from autograder.graph import parse
from autograder.mistakes.catalogue import FunctionModel, catalogue
from autograder.render.blank_graph_svg import svg
from autograder.submission import evaluate

graph = parse({"z": "softstep(w)", "loss": "z ** 2"})
right = derive(graph, Exact(graph, {"w": 0.5}, "here"), ("dloss_dw",))
task = FunctionModel(graph, ("loss", "dloss_dw"), {"w": 0.5}, {})
print(json.dumps({
    "key": [right.values[0].pieces[:2], right.partials[1].number.value],
    "engine": graph.partials(graph.values({"w": 0.5}))["z", "w"],
    "paper": [evaluate("2 softstep(0.5)"), evaluate("Smooth_ReLU(0.5)")],
    "drawing": "s₊(w)" in svg(graph, "title", ["w"]),
    "mistakes": any(made.mistake.id.endswith("@dz_dw") for made in catalogue(task)),
}))
"""


@pytest.fixture
def softstep(tmp_path: Path) -> Path:
    """A folder with a copy of the package, in which the table of operations has one row more."""
    shutil.copytree(ROOT / "autograder", tmp_path / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
    table = tmp_path / "autograder/graph/operations.py"
    before, end, after = table.read_text().partition(")})\n")
    assert end
    table.write_text(before + ROW.lstrip("\n") + after)
    return tmp_path


def test_a_row_more_is_known_everywhere(softstep: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", EVERYWHERE], cwd=softstep, capture_output=True, text=True, check=True, timeout=60
    )
    found = json.loads(run.stdout)
    value, slope = 0.9740769841801067, 0.6224593312018546
    assert found["key"] == [["z", "= s_+(w)"], pytest.approx(slope)]
    assert found["engine"] == pytest.approx(slope)
    assert found["paper"] == [pytest.approx(2 * value), pytest.approx(value)]
    assert found["drawing"]
    assert found["mistakes"]


@pytest.mark.parametrize("operation", OF_NUMBERS, ids=lambda each: each.name)
def test_every_row_says_how_it_is_parsed_computed_exactly_and_drawn(operation: LabOperation) -> None:
    numbers = NUMBERS[: operation.arity]
    code = operation.source.format("a", "b")
    (node,) = (graph := parse({"n": code}, ("a", "b")[: operation.arity])).nodes
    assert (node.operation, node.text) == (operation.name, code)
    value = operation.forward(*numbers)
    inputs = dict(zip(graph.inputs, numbers, strict=True))
    exact = Exact(graph, inputs, "here")
    assert float(exact.values["n"]) == pytest.approx(value)
    for (_, operand), partial in graph.partials(graph.values(inputs)).items():
        assert float(exact.partials["n", operand]) == pytest.approx(partial)
    assert notation.plain_expression(node)
    assert notation.expression(node)
    if operation.arity == 1:
        for name in (operation.name, operation.name.upper(), *operation.spellings):
            assert evaluate(f"2 {name}(0.7)") == pytest.approx(2 * value)
    else:
        assert evaluate(operation.source.format(*numbers)) == pytest.approx(value)


@pytest.mark.parametrize("operation", OF_NUMBERS, ids=lambda each: each.name)
def test_a_derivative_is_a_constant_just_where_the_row_says_so(operation: LabOperation) -> None:
    at = [(0.5, 0.25), (1.5, 3.0), (2.0, 0.75)]  # all on one side of a kink
    slopes = {
        tuple(partial(*operands, operation.forward(*operands)) for partial in operation.partials)
        for operands in (each[: operation.arity] for each in at)
    }
    assert (len(slopes) == 1) == operation.linear
