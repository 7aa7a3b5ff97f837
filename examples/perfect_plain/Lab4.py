"""
Lab 4 - computation graphs and autograd
"""
import math

import torch


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    """One forward and one backward pass (given)."""
    x = torch.tensor(x, device=device)
    y = torch.tensor(y, device=device)
    w = torch.tensor(w, device=device, requires_grad=True)

    y_hat = x * w
    s = y_hat - y
    loss = s ** 2
    print("loss:", loss.item())

    loss.backward()
    print("dloss/dw:", w.grad.item())
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    # move everything onto the device, only w needs a gradient
    x = torch.tensor(x, device=device)
    y = torch.tensor(y, device=device)
    w = torch.tensor(w, device=device, requires_grad=True)

    losses = []
    for epoch in range(n_epochs):
        # forward
        y_hat = x * w
        loss = (y_hat - y) ** 2
        losses.append(loss.item())

        # backward
        loss.backward()

        # update: must not become part of the graph
        with torch.no_grad():
            w -= lr * w.grad

        # otherwise the gradients add up!
        w.grad.zero_()

        if epoch % 5 == 0:
            print(f"epoch {epoch}: w = {w.item():.4f}, loss = {loss.item():.6f}")

    return w.item(), losses


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    if m1 > 0:
        r = m1
    else:
        r = 0.0
    m2 = r * w2
    y_hat = sigmoid(m2)
    s = y_hat - y
    loss = s ** 2
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": loss}


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    nodes = fnn_forward(x1, w1, w2, y)

    # local partials, right to left
    dloss_ds = 2 * nodes["s"]
    ds_dy_hat = 1.0
    dy_hat_dm2 = nodes["y_hat"] * (1 - nodes["y_hat"])
    dm2_dw2 = nodes["r"]
    dm2_dr = w2
    dr_dm1 = 1.0 if nodes["m1"] > 0 else 0.0
    dm1_dw1 = x1

    # both chains start the same way
    dloss_dm2 = dloss_ds * ds_dy_hat * dy_hat_dm2
    dloss_dw2 = dloss_dm2 * dm2_dw2
    dloss_dw1 = dloss_dm2 * dm2_dr * dr_dm1 * dm1_dw1

    return {
        "dloss_ds": dloss_ds,
        "ds_dy_hat": ds_dy_hat,
        "dy_hat_dm2": dy_hat_dm2,
        "dm2_dw2": dm2_dw2,
        "dm2_dr": dm2_dr,
        "dr_dm1": dr_dm1,
        "dm1_dw1": dm1_dw1,
        "dloss_dw2": dloss_dw2,
        "dloss_dw1": dloss_dw1,
    }


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1 = torch.tensor(x1, device=device)
    y = torch.tensor(y, device=device)
    w1 = torch.tensor(w1, device=device, requires_grad=True)
    w2 = torch.tensor(w2, device=device, requires_grad=True)

    r = torch.relu(x1 * w1)
    y_hat = torch.sigmoid(r * w2)
    loss = (y_hat - y) ** 2
    loss.backward()
    return loss.item(), w2.grad.item(), w1.grad.item()


if __name__ == "__main__":
    check_result()
    w, losses = train()
    print("final weight", w)
    print(fnn_forward())
    grads = fnn_gradients()
    loss, dw2, dw1 = fnn_check_result()
    print("by hand :", grads["dloss_dw2"], grads["dloss_dw1"])
    print("autograd:", dw2, dw1)
