"""The key of a lab with arrays is written only when all sources agree in every element."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from array_labs import layer

from autograder.authoring.answer_key import array_check
from autograder.authoring.answer_key.array_check import SaidArray, agree
from autograder.authoring.answer_key.cross_check import DIFFERENCES
from autograder.authoring.answer_key.exact import NoKey
from autograder.authoring.answer_key.exact_arrays import ArrayResults
from autograder.grader import Grader
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer

WANTED = {"layer": ["dloss_dr", "dloss_dW", "dloss_db"]}


def checked(lab: Lab, server: ForkServer) -> None:
    published = lab.published("layer")
    graph = lab.graphs["layer"]
    results = {"layer": ArrayResults(graph, {name: published[name] for name in graph.inputs}, "graph layer")}
    with Grader(lab, server, "cpu") as grader, grader.in_double_precision() as precise:
        array_check.check(lab, results, WANTED, precise, grader.reference())


def test_right_reference_agrees(server: ForkServer, tmp_path: Path) -> None:
    checked(layer(tmp_path), server)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            '"dloss_dW": W.grad,',
            '"dloss_dW": W.grad * torch.tensor([[1.0, 1.0, 1.0], [1.0, 1.001, 1.0]]),',
            r"graph layer, dloss_dW\[1, 1\]: the graph engine says 0\.19\d+, the reference's gradients\(\) 0\.19\d+;",
        ),
        (
            '"dloss_db": b.grad}',
            '"dloss_db": b.grad[None]}',
            r"graph layer, dloss_db: the graph engine gives shape \(3,\), the reference's gradients\(\) \(1, 3\);",
        ),
        (
            '"dloss_dr": r.grad',
            '"dloss_dr": None if r.dtype == torch.float32 else r.grad',
            r"graph layer, dloss_dr: the graph engine gives shape \(3, 3\), .* in float32 \(\);",
        ),
        (
            '"a": a',
            '"a": a * 1.01 if a.dtype == torch.float32 else a',
            r"graph layer, a\[0, 0\]: the graph engine says 0\.86\d+, .* in float32 0\.87\d+;",
        ),
        ('"a": a', '"a": "a"', r"gradients, a: the reference's gradients\(\) returns no array of numbers for it;"),
        (
            'losses.append(found["loss"].item())',
            "losses.append(1.0)",
            r"train, loss of epoch 0: gradient descent says 1\.25\d+, the reference's train\(\) 1\.0;",
        ),
        ("return W, b, losses", "return W, b, losses[1:]", "train, losses: 4 losses are asked for"),
        (
            "return W, b, losses",
            "return W + 1e-6, b, losses",
            r"train, W\[0, 0\]: gradient descent says .*, the reference's train\(\) ",
        ),
    ],
)
def test_wrong_reference_is_named_with_the_element(
    server: ForkServer, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    lab = layer(tmp_path)
    program = lab.reference / "Lab.py"
    assert old in program.read_text()
    program.write_text(program.read_text().replace(old, new))
    with pytest.raises(NoKey) as error:
        checked(lab, server)
    assert re.match(sentence, str(error.value)), str(error.value)


@pytest.mark.parametrize(
    ("right", "other", "same"),
    [
        ([1.0, 2.0], [1.0, 2.0 + 1e-9], True),
        ([1.0, 2.0], [1.0, 2.0 + 3e-9], False),
        ([1e9, 0.0], [1e9 + 0.9, 9e-10], True),
        ([1.0, math.inf], [1.0, math.inf], True),
        ([1.0, 2.0], [1.0, math.nan], False),
        ([1.0, 2.0], [math.inf, 2.0], False),
        ([math.nan, 2.0], [math.nan, 2.0], True),
        ([1.0], [1.0, 1.0], False),
    ],
)
def test_every_element_has_to_agree(right: list[float], other: list[float], same: bool) -> None:
    said = [SaidArray("a", np.array(right)), SaidArray("b", np.array(other))]
    if same:
        agree("here", said)
    else:
        with pytest.raises(NoKey, match=r"here(\[[01]\])?: a (says|gives shape)"):
            agree("here", said)


def test_float32_may_overflow_where_numbers_are_large() -> None:
    agree("here", [SaidArray("a", 1e39), SaidArray("b", math.inf, array_check.SINGLE_TOLERANCE)])
    with pytest.raises(NoKey):
        agree("here", [SaidArray("a", 1e39), SaidArray("b", math.inf)])
    with pytest.raises(NoKey):
        agree("here", [SaidArray("a", 1e3), SaidArray("b", math.inf, array_check.SINGLE_TOLERANCE)])


def test_central_differences_find_a_wrong_gradient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = layer(tmp_path)
    published, graph = lab.published("layer"), lab.graphs["layer"]
    results = ArrayResults(graph, {name: published[name] for name in graph.inputs}, "graph layer")
    said = dict(array_check._graph(results, WANTED["layer"]))
    assert {"h", "dr_da", "da_dh", "dloss_dW", "dloss_db", "dloss_da"} <= set(said)
    for name, sources in said.items():
        agree(name, sources)
        assert (sources[-1].source == DIFFERENCES) == name.startswith("d"), name
    wrong = {name: 1.01 * value for name, value in results.gradients("loss").items()}
    monkeypatch.setattr(ArrayResults, "gradients", lambda self, of: wrong)
    with pytest.raises(NoKey, match=r"dloss_dW\[0, 0\]: the graph engine says .*, central differences "):
        agree("dloss_dW", dict(array_check._graph(results, WANTED["layer"]))["dloss_dW"])


def test_large_arrays_are_differentiated_at_some_elements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_check, "MOST_DIFFERENCES", 3)
    lab = layer(tmp_path)
    published, graph = lab.published("layer"), lab.graphs["layer"]
    results = ArrayResults(graph, {name: published[name] for name in graph.inputs}, "graph layer")
    sources = dict(array_check._graph(results, WANTED["layer"]))["dloss_dr"]
    assert np.isnan(sources[-1].value).sum() == 9 - 3
    agree("dloss_dr", sources)
