import math

def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(m1, 0.0)
    m2 = r * w2
    y_hat = 1 // (1 + math.exp(-m2))
    s = y_hat - y
    loss = s ** 2
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": loss}

def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    n = fnn_forward(x1, w1, w2, y)
    dloss_ds = 2 * n["s"]
    ds_dy_hat = 1.0
    dy_hat_dm2 = n["y_hat"] * (1 - n["y_hat"])
    dm2_dw2 = n["r"]
    dm2_dr = w2
    dr_dm1 = 1.0 if n["m1"] > 0 else 0.0
    dm1_dw1 = x1
    dloss_dw2 = dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dw2
    dloss_dw1 = dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dr * dr_dm1 * dm1_dw1
    return {"dloss_ds": dloss_ds, "ds_dy_hat": ds_dy_hat, "dy_hat_dm2": dy_hat_dm2, "dm2_dw2": dm2_dw2,
            "dm2_dr": dm2_dr, "dr_dm1": dr_dm1, "dm1_dw1": dm1_dw1, "dloss_dw2": dloss_dw2, "dloss_dw1": dloss_dw1}
