import torch
import math


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
    x = torch.tensor(x, device=device)
    y = torch.tensor(y, device=device)
    w = torch.tensor(w, device=device, requires_grad=True)

    print("Prediction before training:", (x * w).item())
    for epoch in range(n_epochs):
        loss = (x * w - y) ** 2
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
        print(f"epoch {epoch + 1}: w = {w.item():.4f}, loss = {loss.item():.8f}")
    print("Prediction after training:", (x * w).item())


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    print("m1 =", m1)
    r = max(0, m1)
    print("r =", r)
    m2 = r * w2
    print("m2 =", m2)
    y_hat = 1 / (1 + math.exp(-m2))
    print("y_hat =", y_hat)
    s = y_hat - y
    print("s =", s)
    loss = s ** 2
    print("loss =", loss)


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(0, m1)
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y

    dloss_ds = 2 * s
    print("dloss/ds =", dloss_ds)
    ds_dy_hat = 1
    print("ds/dy_hat =", ds_dy_hat)
    dy_hat_dm2 = y_hat * (1 - y_hat)
    print("dy_hat/dm2 =", dy_hat_dm2)
    dm2_dw2 = r
    print("dm2/dw2 =", dm2_dw2)
    dm2_dr = w2
    print("dm2/dr =", dm2_dr)
    dr_dm1 = 1 if m1 > 0 else 0
    print("dr/dm1 =", dr_dm1)
    dm1_dw1 = x1
    print("dm1/dw1 =", dm1_dw1)
    print("dloss/dw2 =", dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dw2)
    print("dloss/dw1 =", dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dr * dr_dm1 * dm1_dw1)


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1 = torch.tensor(x1, device=device)
    y = torch.tensor(y, device=device)
    w1 = torch.tensor(w1, device=device, requires_grad=True)
    w2 = torch.tensor(w2, device=device, requires_grad=True)
    y_hat = torch.sigmoid(torch.relu(x1 * w1) * w2)
    loss = (y_hat - y) ** 2
    loss.backward()
    print("loss:", loss.item())
    print("dloss/dw2:", w2.grad.item())
    print("dloss/dw1:", w1.grad.item())


if __name__ == "__main__":
    check_result()
    train()
    fnn_forward()
    fnn_gradients()
    fnn_check_result()
