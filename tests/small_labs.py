"""Small labs for the key, made in a folder: one with two weights and a node used twice, and the real one changed."""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import msgspec

from autograder import yaml_config
from autograder.grader import Grader
from autograder.outcome import GradeReport
from autograder.rubric import Lab, Rubric

ROOT = Path(__file__).resolve().parents[1]

RUBRIC = """
lab: Logistic regression
points: 2
program: Lab.py
key: a key of sixteen characters
graphs:
  logistic:
    nodes: {z: w * x, t: z + b, y_hat: sigmoid(t), p: log(y_hat), yp: y * p, q: 1 - y_hat, r: log(q), c: 1 - y,
            cr: c * r, sum: yp + cr, loss: -sum}
    inputs:
      published: {x: 1.5, y: 0.25, w: 0.5, b: -0.3}
functions:
  gradients:
    graph: logistic
    inputs: [x, y, w, b]
    returns: [loss, dloss_dw, dloss_db, dloss_dy_hat]
  train:
    graph: logistic
    inputs: [x, y, w, b]
    settings: {lr: 0.5, n_epochs: 6}
    returns: [w, b, losses]
tolerances: {code: {rtol: 1e-3, atol: 1e-6}, paper: {rtol: 0.02, atol: 1e-9}}
checks:
  - {kind: answers, number: "1", name: paper, points: 2, section: logistic, quantities: [y_hat, dloss_dw],
     tolerance: paper}
"""
REFERENCE = """
import torch

def _tensors(*values):
    return [torch.tensor(float(value), requires_grad=True) for value in values]

def _forward(x, y, w, b):
    y_hat = torch.sigmoid(w * x + b)
    return y_hat, -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat))

def gradients(x=1.5, y=0.25, w=0.5, b=-0.3):
    x, y, w, b = _tensors(x, y, w, b)
    y_hat, loss = _forward(x, y, w, b)
    y_hat.retain_grad()
    loss.backward()
    return {"loss": loss, "dloss_dw": w.grad, "dloss_db": b.grad, "dloss_dy_hat": y_hat.grad}

def train(x=1.5, y=0.25, w=0.5, b=-0.3, lr=0.5, n_epochs=6):
    x, y, w, b = _tensors(x, y, w, b)
    optimizer, losses = torch.optim.SGD([w, b], lr=lr), []
    for _ in range(n_epochs):
        _, loss = _forward(x, y, w, b)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.item(), b.item(), losses
"""


def logistic(folder: Path) -> Lab:
    """Logistic regression with a bias and cross-entropy. Two weights are trained."""
    (folder / "reference").mkdir()
    (folder / "reference/Lab.py").write_text(REFERENCE)
    (folder / "rubric.yaml").write_text(RUBRIC)
    return Lab(folder, yaml_config.convert(yaml_config.load(folder / "rubric.yaml"), Rubric))


def changed(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """The real lab's rubric and reference, with one text after the other replaced in one of its files."""
    shutil.copy(ROOT / "rubric.yaml", folder)
    shutil.copytree(ROOT / "reference", folder / "reference")
    for file, old, new in changes:
        text = (folder / file).read_text()
        assert old in text, old
        (folder / file).write_text(text.replace(old, new))
    return folder


def some_checks(lab: Lab, *numbers: str) -> Lab:
    """A lab with these checks alone."""
    checks = tuple(check for check in lab.rubric.checks if check.number in numbers)
    return replace(lab, rubric=msgspec.structs.replace(lab.rubric, checks=checks))


def replaced(text: str, changes: Iterable[tuple[str, str]]) -> str:
    """A text with others in the place of parts that it has once."""
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def grade_changed(grader: Grader, folder: Path, changes: Iterable[tuple[str, str]]) -> GradeReport:
    """Grade the program of the lab's reference with changes, from a folder."""
    file = grader.lab.rubric.program
    (folder / file).write_text(replaced((grader.lab.reference / file).read_text(), changes))
    report = grader.grade(folder, folder / "out/results.json")
    assert not report.faulty
    return report
