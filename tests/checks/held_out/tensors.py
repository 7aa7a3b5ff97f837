# Lab 4, tensors (and numpy arrays) everywhere
import numpy as np
import torch
import torch.nn.functional as F


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)
    y_hat = x * w
    s = y_hat - y
    loss = s**2
    loss.backward()
    print(f"y_hat = {y_hat.item():.6f}, s = {s.item():.6f}, loss = {loss.item():.6f}")
    print(f"dloss_dw = {w.grad.item():.6f}")
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    X = torch.tensor([x], dtype=torch.float32, device=device)
    Y = torch.tensor([y], dtype=torch.float32, device=device)
    W = torch.tensor([w], dtype=torch.float32, device=device, requires_grad=True)
    optimizer = torch.optim.SGD([W], lr=lr)
    losses = torch.zeros(n_epochs)

    for epoch in range(n_epochs):
        optimizer.zero_grad()
        Y_hat = torch.mul(X, W)
        loss = F.mse_loss(Y_hat, Y)
        losses[epoch] = loss.item()
        loss.backward()
        optimizer.step()

    return W.item(), losses.tolist()


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = np.multiply(x1, w1)
    r = np.maximum(m1, 0.0)
    m2 = np.multiply(r, w2)
    y_hat = np.exp(m2) / (np.exp(m2) + 1.0)
    s = np.subtract(y_hat, y)
    loss = np.square(s)
    names = ["m1", "r", "m2", "y_hat", "s", "loss"]
    values = np.array([m1, r, m2, y_hat, s, loss])
    return dict(zip(names, values.tolist()))


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1, r, m2, y_hat, s, loss = fnn_forward(x1, w1, w2, y).values()
    dloss_ds = np.multiply(2.0, s)
    ds_dy_hat = np.ones(1)[0]
    dy_hat_dm2 = y_hat - np.square(y_hat)
    dm2_dw2 = r
    dm2_dr = w2
    dr_dm1 = np.where(m1 > 0, 1.0, 0.0)
    dm1_dw1 = x1

    path_to_w2 = np.array([dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2])
    path_to_w1 = np.array([dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dr, dr_dm1, dm1_dw1])
    dloss_dw2 = np.prod(path_to_w2)
    dloss_dw1 = np.prod(path_to_w1)

    names = "dloss_ds ds_dy_hat dy_hat_dm2 dm2_dw2 dm2_dr dr_dm1 dm1_dw1 dloss_dw2 dloss_dw1".split()
    values = [dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2, dm2_dr, dr_dm1, dm1_dw1, dloss_dw2, dloss_dw1]
    return {name: float(value) for name, value in zip(names, values)}


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    X = torch.tensor([x1], dtype=torch.float32, device=device)
    Y = torch.tensor([y], dtype=torch.float32, device=device)
    weights = torch.tensor([w1, w2], dtype=torch.float32, device=device, requires_grad=True)

    hidden = F.relu(X * weights[0])
    Y_hat = torch.sigmoid(hidden * weights[1])
    loss = F.mse_loss(Y_hat, Y)
    loss.backward()

    grads = weights.grad.tolist()
    return loss.item(), grads[1], grads[0]


if __name__ == "__main__":
    check_result()
    print(train())
    print(fnn_forward())
    print(fnn_gradients())
    print(fnn_check_result())
