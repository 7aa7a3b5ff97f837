"""What students read: mistakes that readers of the feedback have stumbled on, each with the words that it must get."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Result

REFERENCE = (ROOT / "reference/Lab4.py").read_text()
ANSWERS = (ROOT / "reference/answers.yaml").read_text()
LOOP = """
import torch
def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor(w, requires_grad=True)
    losses = []
    for _ in range(n_epochs):
        loss = (x * w - y) ** 2
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
        losses.append(loss.item())
    return w.item(), losses
"""


@pytest.mark.parametrize(
    ("program", "number", "words"),
    [
        (LOOP.replace("** 2", "^ 2"), "3.1", "In Python ^ is not a power"),
        ("def fnn_forward(*a): raise NotImplementedError\ndef fnn_gradients(*a): return fnn_forward(*a)", "6.1", "fnn_gradients() calls fnn_forward(), which is still to be written."),
        (LOOP.replace("w -= lr", "0 * lr"), "3.1", "Which line changes w, and what is in w.grad when that line runs?"),
        (LOOP.replace("w -= lr", "0 * lr"), "3.1", "w: your 0.5 is wrong"),
        (LOOP.replace("loss = (x * w - y) ** 2", "loss = (x * w - y) ** 2 / 2"), "3.1", "loss has a factor 1/2 that the graph does not have"),
        (LOOP.replace("losses.append(loss.item())", "losses = [loss.item()]"), "3.1", "only the last loss is kept.\n  Is the list created inside the loop?"),
        (LOOP.replace("losses = []", "global losses").replace("import torch", "import torch\nlosses = []"), "3.2", "does the list start empty in every call?"),
        ("import torch\ndef check_result(x, y, w):\n    w = torch.tensor(w, requires_grad=True)\n    return (x * w - y) ** 2, w.grad", "2.1", "dloss_dw: is None: backward() never reached it"),
        ("def fnn_check_result(a, b, c, d): return 0.161051594, -0.385678408, -0.154271363", "7.1", "did not use autograd"),
        ("def fnn_forward(x1, w1, w2): return 1", "5.1", "it has to take 4 inputs and takes 3 (x1, w1, w2)"),
        ("def fnn_forward(x1, w1, w2, y): return {1, 2}", "5.1", "it returned a set, which has no order"),
        ("def fnn_forward(x1, w1, w2, y): open('/etc/passwd')", "5.1", "The program runs in a sandbox"),
        ("def fnn_foward(x1, w1, w2, y): return 1", "5.1", "There is no function fnn_forward(), but there is fnn_foward()."),
    ],
)  # fmt: skip
def test_a_mistake_gets_its_words(hand_in: Callable[..., Result], program: str, number: str, words: str) -> None:
    assert words in hand_in(program).check(number).outcome.text


def test_what_a_program_says_about_hidden_inputs_is_not_repeated(hand_in: Callable[..., Result]) -> None:
    program = "def train(x, y, w, lr, n_epochs):\n    if x != 4: raise ValueError(f'{x} {y} {w} {lr}')\n    return f'w={w}', [f'{w}']"
    result = hand_in(program)
    for number in ("3.2", "3.3", "3.4", "3.5"):
        text = result.check(number).outcome.text
        assert not any(value in text for value in ("1.4", "-0.9", "-1.3", "-2.0"))
    assert "raised ValueError (line 2)" in result.check("3.2").outcome.text


def test_training_that_only_knows_where_it_ends_earns_little(hand_in: Callable[..., Result]) -> None:
    result = hand_in("def train(x, y, w, lr, n_epochs, device='cpu'): return y / x, [0.0] * n_epochs")
    assert sum(points for number, points in result.points().items() if number.startswith("3.")) <= 2


def test_rounded_losses_are_right(hand_in: Callable[..., Result]) -> None:
    result = hand_in(LOOP.replace("loss.item()", "round(loss.item(), 4)"))
    assert result.check("3.2").outcome.points == 12


def test_a_function_that_keeps_state_is_told_so(hand_in: Callable[..., Result]) -> None:
    result = hand_in("calls = []\ndef fnn_forward(*a):\n    calls.append(1)\n    return [len(calls)] * 6")
    assert "gave another result when it was called again" in result.check("5.1").outcome.text


def test_blank_wrong_and_unreadable_answers_are_three_things(hand_in: Callable[..., Result]) -> None:
    result = hand_in(None, "task1:\n  y_hat: 3\n  s: what?\n  loss:\n  dloss_dw:\n")
    states = {finding.quantity: finding.state for finding in result.check("1.1").outcome.findings}
    assert states == {"y_hat": "wrong", "s": "unreadable", "loss": "blank"}
    assert result.check("1.2").state == "blank"
    assert result.check("1.2").outcome.summary == "Not filled in."


@pytest.mark.parametrize("old", ["dloss_dw:", "dL/dw:", "∂loss/∂w:", "dw:"])
def test_an_answer_may_have_a_usual_name(hand_in: Callable[..., Result], old: str) -> None:
    result = hand_in(None, f"Task 1:\n  {old} 8\n")
    assert result.check("1.2").outcome.points == 3


def test_an_unknown_name_is_asked_after(hand_in: Callable[..., Result]) -> None:
    text = hand_in(None, "task1:\n  dlos_dv: 8\n").check("0").outcome.text
    assert "'dlos_dv' is not asked for; did you mean 'dloss_dw'?" in text


def test_a_notebook_is_marked_cell_by_cell(grade: Callable[[Path], Result], tmp_path: Path) -> None:
    cells = [
        REFERENCE,
        "%matplotlib inline\n1 / 0",
        "def broken(:",
        "import matplotlib.pyplot as plt\nplt.plot([1])",
        "s = '\ud83d'",
    ]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "id": str(n)}
            for n, cell in enumerate(cells)
        ],
    }
    folder = tmp_path / "notebook"
    folder.mkdir()
    (folder / "Lab4.ipynb").write_text(json.dumps(notebook))
    (folder / "answers.yaml").write_text(ANSWERS)
    result = grade(folder)
    assert result.report.points == 100
    text = result.check("0").outcome.text
    assert "ZeroDivisionError: division by zero (Lab4.ipynb, code cell 2, line 2" in text
    assert "SyntaxError" in text
    assert "none of its functions" not in text


def test_a_notebook_exported_as_a_program_is_marked(hand_in: Callable[..., Result]) -> None:
    magic = "get_ipython().run_line_magic('matplotlib', 'inline')\ndisplay(3)\n"
    assert hand_in(magic + REFERENCE, ANSWERS).report.points == 100


def test_a_warning_does_not_take_the_place_of_what_was_printed(hand_in: Callable[..., Result]) -> None:
    program = "import torch\ndef check_result(x, y, w):\n    t = torch.tensor(w, requires_grad=True)\n    print('loss', float((x * t - y) ** 2))"
    assert hand_in(program).check("2.1").outcome.summary == 'check_result() printed "loss 1.0" but returned nothing.'


def test_no_path_of_this_machine_is_shown(hand_in: Callable[..., Result]) -> None:
    text = hand_in("from torch import no_such_thing\nimport json\njson.loads('{')").check("0").outcome.text
    assert str(ROOT) not in text
    assert "/tmp" not in text


LEAKS = """
class SignatureProblem(Exception):
    pass

def train(x, y, w, lr, n_epochs, device="cpu"):
    raise SignatureProblem(f"it takes {x} and {y}")

def fnn_forward(x1, w1, w2, y):
    raise type(f"Was{x1}and{y}".replace(".", "p"), (Exception,), {})()

def fnn_gradients(x1, w1, w2, y):
    return {f"dloss_d{x1}": 1.0, "dloss_ds": [x1, y], "dloss_dw2": 1.0}

def check_result(x, y, w, device="cpu"):
    import os
    os._exit(int(abs(x) * 10) + 100)

def fnn_check_result(x1, w1, w2, y, device="cpu"):
    exec(compile("raise ValueError", f"{x1} and {y}.py", "exec"))
"""


def test_no_output_tells_the_hidden_inputs(hand_in: Callable[..., Result]) -> None:
    result = hand_in(LEAKS)
    for number in ("2.2", "3.2", "3.3", "3.4", "3.5", "5.2", "6.2", "6.3", "7.2"):
        text = result.check(number).outcome.text
        leaked = ("1.1", "1p1", "1.4", "-0.9", "-2.0", "142", "140", "1.5", "1p5", "2.9", "2p9", "Was", "it takes")
        assert not [each for each in leaked if each in text], (number, text)
