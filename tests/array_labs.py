"""Small labs with vectors and matrices for the key: a layer with a bias and classes, with few numbers or many."""

from pathlib import Path

from autograder.rubric import Lab, load

RUBRIC = """
lab: A layer
points: 2
program: Lab.py
key: a key of sixteen characters
graphs:
  layer:
    nodes: {h: X @ W, a: h + b, r: relu(a), loss: "cross_entropy(r, labels)"}
    inputs:
      published: {X: %s, W: [[0.5, -1.0, 0.25], [1.5, 0.75, -0.5]], b: [0.1, 0.2, -0.3], labels: %s}
functions:
  gradients:
    graph: layer
    inputs: [X, W, b, labels]
    returns: [a, loss, da_dh, dr_da, dloss_dr, dloss_dW, dloss_db]
  train:
    graph: layer
    inputs: [X, W, b, labels]
    settings: {lr: 0.5, n_epochs: 4}
    returns: [W, b, losses]
tolerances: {code: {rtol: 1e-3, atol: 1e-6}}
checks:
  - {kind: values, number: "1", name: values, points: 1, function: gradients, inputs: [published]}
  - {kind: convergence, number: "2", name: training, points: 1, function: train, inputs: [published]}
"""
REFERENCE = """
import torch

X = torch.tensor(%s)
W = torch.tensor([[0.5, -1.0, 0.25], [1.5, 0.75, -0.5]])
b = torch.tensor([0.1, 0.2, -0.3])
labels = torch.tensor(%s)

def gradients(X=X, W=W, b=b, labels=labels):
    h = X @ W.detach().clone().requires_grad_()
    W, b = W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    a = X @ W + b
    r = torch.relu(a)
    r.retain_grad()
    loss = torch.nn.functional.cross_entropy(r, labels)
    loss.backward()
    return {"a": a, "loss": loss, "da_dh": torch.ones_like(a), "dr_da": (a > 0).double(), "dloss_dr": r.grad,
            "dloss_dW": W.grad, "dloss_db": b.grad}

def train(X=X, W=W, b=b, labels=labels, lr=0.5, n_epochs=4):
    losses = []
    for _ in range(n_epochs):
        found = gradients(X, W, b, labels)
        losses.append(found["loss"].item())
        W, b = W - lr * found["dloss_dW"], b - lr * found["dloss_db"]
    return W, b, losses
"""


def layer(folder: Path, samples: int = 3) -> Lab:
    """A layer with a bias, and the cross-entropy of three classes. samples: how many rows X has."""
    rows = [[round(0.37 * (row % 7) - 1.2, 2), round(0.91 - 0.23 * (row % 5), 2)] for row in range(samples)]
    labels = [row % 3 for row in range(samples)]
    (folder / "reference").mkdir()
    (folder / "reference/Lab.py").write_text(REFERENCE % (rows, labels))
    (folder / "rubric.yaml").write_text(RUBRIC % (rows, labels))
    return load(folder)
