# COMP 341, lab 4, group 7
from collections import namedtuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

Forward = namedtuple("Forward", "m1 r m2 y_hat s loss")


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    x, y = torch.tensor(x, device=device), torch.tensor(y, device=device)
    w = torch.tensor(w, requires_grad=True, device=device)
    loss = (x * w - y).pow(2)
    loss.backward()
    print(f"loss = {loss.item()}, gradient = {w.grad.item()}")
    return loss, w.grad


class OneWeight(nn.Module):
    """y_hat = x * w, nothing else (no bias in this lab)."""

    def __init__(self, w_init):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([float(w_init)]))

    def forward(self, x):
        return x * self.w


def train(inp=4.0, target=1.0, w_start=0.5, learning_rate=0.01, epochs=20, device="cpu"):
    model = OneWeight(w_start).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    criterion = nn.MSELoss()
    inp = torch.tensor([float(inp)], device=device)
    target = torch.tensor([float(target)], device=device)

    history = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = criterion(model(inp), target)
        loss.backward()
        optimizer.step()
        history.append(loss.detach())

    return model.w, torch.stack(history)


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = np.maximum(0.0, m1)
    m2 = r * w2
    y_hat = 1.0 / (1.0 + np.exp(-m2))
    s = y_hat - y
    return Forward(m1, r, m2, y_hat, s, s**2)


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    f = fnn_forward(x1, w1, w2, y)
    d = dict(
        dloss_ds=2 * f.s,
        ds_dy_hat=1,
        dy_hat_dm2=f.y_hat * (1 - f.y_hat),
        dm2_dw2=f.r,
        dm2_dr=w2,
        dr_dm1=float(f.m1 > 0),
        dm1_dw1=x1,
    )
    # everything up to m2 is shared between the two paths
    upstream = d["dloss_ds"] * d["ds_dy_hat"] * d["dy_hat_dm2"]
    d["dloss_dw1"] = upstream * d["dm2_dr"] * d["dr_dm1"] * d["dm1_dw1"]
    d["dloss_dw2"] = upstream * d["dm2_dw2"]
    return d


def fnn_check_result(x_1=4.0, weight1=0.5, weight2=0.2, label=1.0, device="cpu"):
    x_1, label = (torch.tensor([[float(v)]], device=device) for v in (x_1, label))
    net = nn.Sequential(nn.Linear(1, 1, bias=False), nn.ReLU(), nn.Linear(1, 1, bias=False), nn.Sigmoid()).to(device)
    with torch.no_grad():
        net[0].weight.fill_(weight1)
        net[2].weight.fill_(weight2)

    loss = F.mse_loss(net(x_1), label)
    net.zero_grad()
    loss.backward()
    return loss, net[2].weight.grad, net[0].weight.grad


if __name__ == "__main__":
    torch.manual_seed(0)
    check_result()
    w, history = train()
    print(w, history)
    print(fnn_forward())
    print(fnn_gradients())
    print(fnn_check_result())
