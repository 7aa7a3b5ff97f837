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
    loss.backward()
    print("loss:", loss.item(), "dloss/dw:", w.grad.item())
    return loss.item(), w.grad.item()


def gradient(x, y, w):
    # chain rule from my paper solution: dloss/ds * ds/dy_hat * dy_hat/dw
    s = x * w - y
    return s * 1 * x


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    """
    I used my own gradient instead of backward() because then there is
    nothing to reset after each epoch.
    """
    x = torch.tensor(x, device=device)
    y = torch.tensor(y, device=device)
    w = torch.tensor(w, device=device)
    losses = []
    for epoch in range(n_epochs):
        loss = (x * w - y) ** 2
        losses.append(float(loss))
        w = w - lr * gradient(x, y, w)
        print("epoch", epoch, "loss", float(loss), "w", float(w))
    return float(w), losses


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = m1 if m1 > 0 else 0
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    loss = s * s
    return dict(m1=m1, r=r, m2=m2, y_hat=y_hat, s=s, loss=loss)


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    out = fnn_forward(x1, w1, w2, y)
    y_hat = out["y_hat"]

    dloss_ds = out["s"]
    ds_dy_hat = 1
    dy_hat_dm2 = y_hat * (1 - y_hat)
    dm2_dw2 = out["r"]

    dloss_dw2 = dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dw2

    # for w1 go through r instead
    dm2_dr = w2
    dr_dm1 = 1 if out["m1"] > 0 else 0
    dm1_dw1 = x1

    dloss_dw1 = dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dr * dr_dm1 * dm1_dw1

    return dict(dloss_ds=dloss_ds, ds_dy_hat=ds_dy_hat, dy_hat_dm2=dy_hat_dm2, dm2_dw2=dm2_dw2,
                dm2_dr=dm2_dr, dr_dm1=dr_dm1, dm1_dw1=dm1_dw1,
                dloss_dw2=dloss_dw2, dloss_dw1=dloss_dw1)


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    w1 = torch.tensor(w1, device=device, requires_grad=True)
    w2 = torch.tensor(w2, device=device, requires_grad=True)
    m1 = x1 * w1
    r = torch.clamp(m1, min=0)
    m2 = r * w2
    y_hat = torch.sigmoid(m2)
    s = y_hat - y
    loss = s ** 2
    dw2, dw1 = torch.autograd.grad(loss, [w2, w1])
    return loss.item(), dw2.item(), dw1.item()


if __name__ == "__main__":
    check_result()
    train()
    print(fnn_gradients())
    print(fnn_check_result())  # exactly twice as large as mine?!
