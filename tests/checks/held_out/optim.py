import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)
    loss = F.mse_loss(x * w, y)
    loss.backward()
    print(loss, w.grad)
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x = torch.tensor([float(x)], device=device)
    y = torch.tensor([float(y)], device=device)
    w = torch.tensor([float(w)], device=device, requires_grad=True)

    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD([w], lr=lr)

    losses = []
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        y_pred = x * w
        loss = criterion(y_pred, y)
        loss.backward()
        losses.append(loss.item())
        optimizer.step()

    return w.item(), losses


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    nodes = {}
    nodes["m1"] = x1 * w1
    nodes["r"] = max(0.0, nodes["m1"])
    nodes["m2"] = nodes["r"] * w2
    nodes["y_hat"] = 1 / (1 + math.exp(-nodes["m2"]))
    nodes["s"] = nodes["y_hat"] - y
    nodes["loss"] = nodes["s"] ** 2
    return nodes


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1, r, m2, y_hat, s, loss = fnn_forward(x1, w1, w2, y).values()

    dloss_ds = 2 * s
    ds_dy_hat = 1.0
    dy_hat_dm2 = y_hat * (1 - y_hat)
    dm2_dw2, dm2_dr = r, w2
    dr_dm1 = float(m1 > 0)
    dm1_dw1 = x1

    dloss_dy_hat = dloss_ds * ds_dy_hat
    dloss_dm2 = dloss_dy_hat * dy_hat_dm2
    dloss_dw2 = dloss_dm2 * dm2_dw2
    dloss_dr = dloss_dm2 * dm2_dr
    dloss_dm1 = dloss_dr * dr_dm1
    dloss_dw1 = dloss_dm1 * dm1_dw1

    return dict(
        dloss_ds=dloss_ds,
        ds_dy_hat=ds_dy_hat,
        dy_hat_dm2=dy_hat_dm2,
        dm2_dw2=dm2_dw2,
        dm2_dr=dm2_dr,
        dr_dm1=dr_dm1,
        dm1_dw1=dm1_dw1,
        dloss_dw2=dloss_dw2,
        dloss_dw1=dloss_dw1,
    )


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1 = torch.tensor([float(x1)], device=device)
    y = torch.tensor([float(y)], device=device)
    w1 = nn.Parameter(torch.tensor([float(w1)], device=device))
    w2 = nn.Parameter(torch.tensor([float(w2)], device=device))

    hidden = F.relu(x1 * w1)
    y_pred = torch.sigmoid(hidden * w2)
    loss = F.mse_loss(y_pred, y)
    loss.backward()

    return loss.item(), w2.grad.item(), w1.grad.item()


if __name__ == "__main__":
    check_result()
    print(train())
    print(fnn_gradients())
    print(fnn_check_result())
