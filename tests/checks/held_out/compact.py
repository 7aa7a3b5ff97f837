from math import exp, prod

import torch
from torch.autograd import grad


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    x, y, w = (torch.tensor(float(v), device=device) for v in (x, y, w))
    w.requires_grad_()
    loss = (x * w - y) ** 2
    loss.backward()
    print(loss.item(), w.grad.item())
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x, y, w = (torch.tensor(float(v), device=device) for v in (x, y, w))
    w.requires_grad_()
    losses = []
    for i in range(n_epochs):
        loss = (x * w - y).square()
        losses += [loss.item()]
        (dw,) = grad(loss, w)
        w = (w - lr * dw).detach().requires_grad_()
    return w.item(), losses


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(0.0, m1)
    m2 = r * w2
    y_hat = 1 / (1 + exp(-m2))
    s = y_hat - y
    loss = s * s
    return dict(m1=m1, r=r, m2=m2, y_hat=y_hat, s=s, loss=loss)


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    f = fnn_forward(x1, w1, w2, y)
    g = dict(
        dloss_ds=2 * f["s"],
        ds_dy_hat=1.0,
        dy_hat_dm2=f["y_hat"] * (1 - f["y_hat"]),
        dm2_dw2=f["r"],
        dm2_dr=w2,
        dr_dm1=float(f["m1"] > 0),
        dm1_dw1=x1,
    )
    common = ["dloss_ds", "ds_dy_hat", "dy_hat_dm2"]
    dw2 = prod(g[k] for k in common + ["dm2_dw2"])
    dw1 = prod(g[k] for k in common + ["dm2_dr", "dr_dm1", "dm1_dw1"])
    return {**g, "dloss_dw2": dw2, "dloss_dw1": dw1}


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1, w1, w2, y = (torch.tensor(float(v), device=device) for v in (x1, w1, w2, y))
    w1.requires_grad_(), w2.requires_grad_()
    out = torch.sigmoid(torch.relu(x1 * w1) * w2)
    loss = (out - y).square()
    dw1, dw2 = grad(loss, (w1, w2))
    return loss.item(), dw2.item(), dw1.item()


if __name__ == "__main__":
    for f in check_result, train, fnn_forward, fnn_gradients, fnn_check_result:
        print(f.__name__, f())
