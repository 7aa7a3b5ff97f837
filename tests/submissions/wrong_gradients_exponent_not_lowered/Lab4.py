import math


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(0, m1)
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    out = {
        "dloss_ds": 2 * s ** 2,
        "ds_dy_hat": 1,
        "dy_hat_dm2": math.exp(-m2) / (1 + math.exp(-m2)) ** 2,
        "dm2_dw2": r,
        "dm2_dr": w2,
        "dr_dm1": 1 if m1 > 0 else 0,
        "dm1_dw1": x1,
    }
    to_m2 = out["dloss_ds"] * out["ds_dy_hat"] * out["dy_hat_dm2"]
    out["dloss_dw2"] = to_m2 * out["dm2_dw2"]
    out["dloss_dw1"] = to_m2 * out["dm2_dr"] * out["dr_dm1"] * out["dm1_dw1"]
    return out
