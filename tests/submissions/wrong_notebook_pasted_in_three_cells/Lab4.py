# coding: utf-8
# ---- cell 1 ----
import math

import torch

# ---- cell 2 ----
def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor(w, requires_grad=True, device=device)
    losses = []
    for epoch in range(n_epochs):
        y_pred = w * x
        l = (y_pred - y) ** 2
        l.backward()
        losses.append(l.item())
        with torch.no_grad():
            w += lr * w.grad
        w.grad.zero_()
    return w.item(), losses

# ---- cell 3 ----
def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(0, m1)
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    loss = 0.5 * s ** 2
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": loss}

def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    f = fnn_forward(x1, w1, w2, y)
    dloss_ds = f["s"]  # 0.5 * 2 * s
    ds_dy_hat = 1
    dy_hat_dm2 = f["y_hat"] * (1 - f["y_hat"])
    dm2_dw2, dm2_dr = f["r"], w2
    dr_dm1 = 1 if f["r"] > 0 else 0
    dm1_dw1 = x1
    dloss_dm2 = dloss_ds * ds_dy_hat * dy_hat_dm2
    dloss_dw2 = dloss_dm2 * dm2_dw2
    dloss_dw1 = dloss_dm2 * dm2_dr * dr_dm1 * dm1_dw1
    return {k: v for k, v in locals().items() if k.startswith("d")}
