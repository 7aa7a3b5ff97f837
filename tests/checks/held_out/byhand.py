# Lab 4. I worked the derivatives out on paper, so train() needs no autograd.
import math

import torch


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)
    y_hat = x * w
    s = y_hat - y
    loss = s**2
    loss.backward()
    print("loss", loss.item(), "gradient", w.grad.item())
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device)
    losses = []
    epoch = 0
    while epoch < n_epochs:
        prediction = w * x
        error = prediction - y
        losses.append(float(error * error))
        gradient = 2 * error * x  # dloss/ds * ds/dy_hat * dy_hat/dw
        w = w - lr * gradient
        epoch += 1
    return float(w), losses


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    # hidden layer
    m1 = w1 * x1
    r = m1 if m1 > 0 else 0.0
    # output layer
    m2 = w2 * r
    e = math.exp(-m2)
    y_hat = 1.0 / (1.0 + e)
    # loss
    s = y_hat - y
    loss = s * s
    out = {}
    out["m1"] = m1
    out["r"] = r
    out["m2"] = m2
    out["y_hat"] = y_hat
    out["s"] = s
    out["loss"] = loss
    return out


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    f = fnn_forward(x1, w1, w2, y)
    d = {}
    d["dloss_ds"] = 2.0 * f["s"]
    d["ds_dy_hat"] = 1.0
    d["dy_hat_dm2"] = f["y_hat"] * (1.0 - f["y_hat"])
    d["dm2_dw2"] = f["r"]
    d["dm2_dr"] = w2
    d["dr_dm1"] = 1.0 if f["m1"] > 0 else 0.0
    d["dm1_dw1"] = x1
    # path to w2
    g = d["dloss_ds"] * d["ds_dy_hat"]
    g = g * d["dy_hat_dm2"]
    d["dloss_dw2"] = g * d["dm2_dw2"]
    # path to w1
    g = g * d["dm2_dr"]
    g = g * d["dr_dm1"]
    d["dloss_dw1"] = g * d["dm1_dw1"]
    return d


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    tx1 = torch.tensor(float(x1), device=device)
    ty = torch.tensor(float(y), device=device)
    tw1 = torch.tensor(float(w1), device=device, requires_grad=True)
    tw2 = torch.tensor(float(w2), device=device, requires_grad=True)
    hidden = torch.clamp(tx1 * tw1, min=0)
    output = 1 / (1 + torch.exp(-(hidden * tw2)))
    loss = (output - ty) * (output - ty)
    loss.backward()
    dw1 = tw1.grad.item()
    dw2 = tw2.grad.item()
    return loss.item(), dw2, dw1


if __name__ == "__main__":
    for function in (check_result, train, fnn_forward, fnn_gradients, fnn_check_result):
        print(function.__name__, function())
