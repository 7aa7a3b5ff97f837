"""A key is written only when everything that can work its numbers out agrees; else it is said where not."""

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from small_labs import REFERENCE, changed, logistic

from autograder import rubric
from autograder.authoring.answer_key import exact
from autograder.authoring.answer_key.cross_check import Said, agree
from autograder.authoring.answer_key.exact import NoKey
from autograder.authoring.answer_key.key import key
from autograder.graph import OPERATIONS
from autograder.sandbox.host.fork_server import ForkServer


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            '"dloss_dw2": dloss_dm2 * dm2_dw2',
            '"dloss_dw2": dloss_dm2 * dm2_dw2 / 2',
            r"graph task2, dloss_dw2: the graph engine says -0\.3856\d+, the reference's fnn_gradients\(\) -0\.19\d+;",
        ),
        (
            "dr_dm1 = 1.0",
            "dr_dm1 = 1.0 + 1e-8",
            r"graph task2, dr_dm1: the graph engine says 1\.0, the reference's fnn_gradients\(\) 1\.00000001;",
        ),
        (
            "losses.append(loss.item())",
            "losses.append(loss.item() / 2)",
            r"train, loss of epoch 0: gradient descent says 1\.0, the reference's train\(\) 0\.5;",
        ),
        (
            "return weight.item(), losses",
            "return weight.item() + 1e-6, losses",
            r"train, w: gradient descent says 0\.25\d+, the reference's train\(\) 0\.25\d+;",
        ),
        (
            "    return weight.item(), losses",
            "    return weight.item()",
            r"train, losses: 20 losses are asked for, but .*",
        ),
    ],
)
def test_a_wrong_reference_is_named_with_graph_quantity_and_both_numbers(
    server: ForkServer, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    folder = changed(tmp_path, ("reference/Lab4.py", old, new))
    with pytest.raises(NoKey) as error:
        key(rubric.load(folder), server)
    assert re.match(sentence, str(error.value)), str(error.value)


def test_float32_would_not_do(server: ForkServer, tmp_path: Path) -> None:
    the_lab = logistic(tmp_path)
    text = REFERENCE.replace("float(value), requires_grad", "float(value), dtype=torch.float32, requires_grad")
    (tmp_path / "reference/Lab.py").write_text(text)
    with pytest.raises(NoKey, match=r"graph logistic, loss: the graph engine says .*, the reference's gradients\(\) "):
        key(the_lab, server)


def test_a_reference_that_gives_no_answer_is_named(server: ForkServer, tmp_path: Path) -> None:
    folder = changed(tmp_path, ("reference/Lab4.py", "    r = max(m1, 0.0)", "    r = max(m1, 0.0) / 0"))
    with pytest.raises(
        NoKey,
        match=r"^fnn_forward: the reference returns nothing \(ZeroDivisionError: float division by zero\); fix it$",
    ):
        key(rubric.load(folder), server)


def test_a_wrong_derivative_of_the_engine_is_found_by_sympy(
    server: ForkServer, real_lab: rubric.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = OPERATIONS["sigmoid"]
    wrong = replace(right, partials=(lambda a, y: y,))
    monkeypatch.setattr("autograder.graph.engine.OPERATIONS", {**OPERATIONS, "sigmoid": wrong})
    fresh = rubric.load(real_lab.folder)
    with pytest.raises(NoKey, match=r"graph task2, dy_hat_dm2: the graph engine says 0\.598\d+, sympy 0\.240\d+;"):
        key(fresh, server)


def test_a_wrong_derivative_of_sympy_is_found_by_central_differences(
    server: ForkServer, real_lab: rubric.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "autograder.graph.Graph.gradients", lambda self, values, of=None: dict.fromkeys(self.names, 2.0)
    )
    monkeypatch.setattr(exact.Exact, "gradient", lambda self, of, wrt: exact.rational(2.0))
    with pytest.raises(NoKey, match=r"graph task1, dloss_dw: the graph engine says 2\.0, central differences 8\.0;"):
        key(rubric.load(real_lab.folder), server)


@pytest.mark.parametrize(
    ("numbers", "same"),
    [
        ((1.0, 1.0 + 9e-10), True),
        ((1.0, 1.0 + 2e-9), False),
        ((1e9, 1e9 + 0.9), True),
        ((0.0, 2e-9), False),
        ((1e9, 1e9 - 1.5), False),
        ((-1e9, -1e9 + 0.9), True),
        ((math.inf, math.inf), True),
        ((math.inf, -math.inf), False),
        ((math.nan, math.nan), True),
        ((math.nan, 1.0), False),
        ((1.0, math.inf), False),
        ((math.inf, math.nan), False),
    ],
)
def test_the_bound_is_a_billionth_of_the_number_or_of_one(numbers: tuple[float, float], same: bool) -> None:
    said = [Said("a", numbers[0]), Said("b", numbers[1])]
    if same:
        agree("here", said)
    else:
        with pytest.raises(NoKey, match="here: a says"):
            agree("here", said)


def test_inputs_at_which_something_is_not_defined_are_refused(
    server: ForkServer, real_lab: rubric.Lab, tmp_path: Path
) -> None:
    with pytest.raises(NoKey, match=r"graph task2: relu\(m1\) has no derivative at m1 = 0; choose other inputs"):
        key(real_lab.with_published({"task2": {"x1": 0.0}}), server)
    with pytest.raises(NoKey, match="graph task1: loss is not a finite number at these inputs; choose other inputs"):
        key(real_lab.with_published({"task1": {"x": 1e200}}), server)
