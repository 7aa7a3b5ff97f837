import torch


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    w1t, w2t = (torch.tensor(v, requires_grad=True) for v in (w1, w2))
    m1 = x1 * w1t
    r = torch.relu(m1)
    y_hat = torch.sigmoid(r * w2t)
    s = y_hat - y
    (s ** 2).backward()
    return {"dloss_ds": 2 * s, "ds_dy_hat": 1, "dy_hat_dm2": y_hat * (1 - y_hat), "dm2_dw2": r, "dm2_dr": w2t,
            "dr_dm1": (m1 > 0).float(), "dm1_dw1": x1, "dloss_dw2": w2t.grad, "dloss_dw1": w1t.grad}
