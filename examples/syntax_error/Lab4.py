import torch
import torch.nn.functional as F
import math


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    """One forward and one backward pass (given)."""
    x = torch.tensor(x, device=device)
    y = torch.tensor(y, device=device)
    w = torch.tensor(w, device=device, requires_grad=True)
    loss = (x * w - y) ** 2
    loss.backward()
    print(loss.item(), w.grad.item())
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x = torch.tensor(x, device=device)
    y = torch.tensor(y, device=device)
    w = torch.tensor(w, device=device, requires_grad=True)
    losses = []
    for epoch in range(n_epochs)
        loss = (x * w - y) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
    return w.item(), losses


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(m1, 0.0)
    m2 = r * w2
    y_hat = 1.0 / (1.0 + math.exp(-m2))
    s = y_hat - y
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": s ** 2}


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    f = fnn_forward(x1, w1, w2, y)
    p = f["y_hat"]
    g = {
        "dloss_ds": 2 * f["s"],
        "ds_dy_hat": 1,
        "dy_hat_dm2": p * (1 - p),
        "dm2_dw2": f["r"],
        "dm2_dr": w2,
        "dr_dm1": 1 if f["m1"] > 0 else 0,
        "dm1_dw1": x1,
    }
    common = g["dloss_ds"] * g["ds_dy_hat"] * g["dy_hat_dm2"]
    g["dloss_dw2"] = common * g["dm2_dw2"]
    g["dloss_dw1"] = common * g["dm2_dr"] * g["dr_dm1"] * g["dm1_dw1"]
    return g


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    w1 = torch.tensor(w1, device=device, requires_grad=True)
    w2 = torch.tensor(w2, device=device, requires_grad=True)
    loss = (torch.sigmoid(F.relu(x1 * w1) * w2) - y) ** 2
    loss.backward()
    return loss.item(), w2.grad.item(), w1.grad.item()


if __name__ == "__main__":
    check_result()
    print(train())
