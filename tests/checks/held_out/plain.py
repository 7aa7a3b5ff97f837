"""Lab 4: computation graphs and autograd."""

import math

import torch


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    """One forward and one backward pass of task 1 (given)."""
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)

    # forward pass
    y_hat = x * w
    s = y_hat - y
    loss = s**2

    # backward pass
    loss.backward()

    print(f"y_hat = {y_hat.item():.6f}, s = {s.item():.6f}, loss = {loss.item():.6f}")
    print(f"dloss_dw = {w.grad.item():.6f}")
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    """Gradient descent on the weight of task 1."""
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)

    losses = []

    for epoch in range(n_epochs):
        # forward pass
        y_hat = x * w
        s = y_hat - y
        loss = s**2
        losses.append(loss.item())

        # backward pass
        loss.backward()

        # update the weight, outside of the graph
        with torch.no_grad():
            w -= lr * w.grad

        # clear the gradient
        w.grad.zero_()

        if epoch % 5 == 0:
            print(f"epoch {epoch}: loss = {loss.item():.4f}")

    return w.item(), losses


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    """Forward pass of task 2."""
    m1 = x1 * w1
    if m1 > 0:
        r = m1
    else:
        r = 0.0
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    loss = s**2
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": loss}


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    """Backward pass of task 2 by hand."""
    values = fnn_forward(x1, w1, w2, y)
    m1 = values["m1"]
    r = values["r"]
    m2 = values["m2"]
    y_hat = values["y_hat"]
    s = values["s"]

    # local derivatives, from right to left
    dloss_ds = 2 * s
    ds_dy_hat = 1
    dy_hat_dm2 = y_hat * (1 - y_hat)
    dm2_dw2 = r
    dm2_dr = w2
    if m1 > 0:
        dr_dm1 = 1
    else:
        dr_dm1 = 0
    dm1_dw1 = x1

    # chain rule
    dloss_dw2 = dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dw2
    dloss_dw1 = dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dr * dr_dm1 * dm1_dw1

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
    """The gradients of task 2 with autograd."""
    x1 = torch.tensor(float(x1), device=device)
    y = torch.tensor(float(y), device=device)
    w1 = torch.tensor(float(w1), device=device, requires_grad=True)
    w2 = torch.tensor(float(w2), device=device, requires_grad=True)

    m1 = x1 * w1
    r = torch.relu(m1)
    m2 = r * w2
    y_hat = torch.sigmoid(m2)
    s = y_hat - y
    loss = s**2

    loss.backward()

    return loss.item(), w2.grad.item(), w1.grad.item()


if __name__ == "__main__":
    print(check_result())
    print(train())
    print(fnn_forward())
    print(fnn_gradients())
    print(fnn_check_result())
