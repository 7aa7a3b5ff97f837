"""The reference of a lab on a graph of twenty nodes, in which autograd computes every gradient."""

import torch

WEIGHTS = ("w1", "w2", "w3", "w4", "w5", "w6", "b1")


def _nodes(x1, x2, y, w1, w2, w3, w4, w5, w6, b1):
    z1 = w1 * x1 + w2 * x2 + b1
    z2 = w3 * x1 + w4 * x2
    r1, r2 = torch.relu(z1), torch.tanh(z2)
    y_hat = torch.sigmoid(w5 * r1 + w6 * r2)
    loss = (y_hat - y) ** 2 + 0.1 * (w5 * w5 + w6 * w6)
    return {"z1": z1, "r1": r1, "z2": z2, "r2": r2, "y_hat": y_hat, "loss": loss}


def forward(x1=1.0, x2=-1.0, y=1.0, w1=1.0, w2=-2.0, w3=0.5, w4=1.5, w5=2.0, w6=-1.0, b1=0.5):
    given = [torch.tensor(float(each)) for each in (x1, x2, y, w1, w2, w3, w4, w5, w6, b1)]
    return {name: value.item() for name, value in _nodes(*given).items()}


def gradients(x1=1.0, x2=-1.0, y=1.0, w1=1.0, w2=-2.0, w3=0.5, w4=1.5, w5=2.0, w6=-1.0, b1=0.5):
    weights = [torch.tensor(float(each), requires_grad=True) for each in (w1, w2, w3, w4, w5, w6, b1)]
    nodes = _nodes(x1, x2, y, *weights)
    nodes["y_hat"].retain_grad()
    nodes["loss"].backward()
    found = {f"dloss_d{name}": weight.grad.item() for name, weight in zip(WEIGHTS, weights, strict=True)}
    return {"dloss_dy_hat": nodes["y_hat"].grad.item(), **found}


def train(x1=1.0, x2=-1.0, y=1.0, w1=1.0, w2=-2.0, w3=0.5, w4=1.5, w5=2.0, w6=-1.0, b1=0.5, lr=0.05, n_epochs=8):
    weights = [torch.tensor(float(each), requires_grad=True) for each in (w1, w2, w3, w4, w5, w6, b1)]
    optimizer = torch.optim.SGD(weights, lr=lr)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = _nodes(x1, x2, y, *weights)["loss"]
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return (*[weight.item() for weight in weights], losses)
