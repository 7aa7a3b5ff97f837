import math


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(0.0, m1)
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    return {'m1': m1, 'r': r, 'm2': m2, 'y_hat': y_hat, 's': s, 'loss': s ** 2}


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    f = fnn_forward(x1, w1, w2, y)
    d = {"dloss_ds": 2 * f["s"], "ds_dy_hat": 1, "dy_hat_dm2": f["y_hat"] - f["y_hat"] ** 2, "dm2_dw2": f["r"],
         "dm2_dr": w2, "dr_dm1": int(f["m1"] > 0), "dm1_dw1": x1}
    d["dloss_dw2"] = math.prod(d[k] for k in ("dloss_ds", "ds_dy_hat", "dy_hat_dm2", "dm2_dw2"))
    d["dloss_dw1"] = math.prod(d[k] for k in ("dloss_ds", "ds_dy_hat", "dy_hat_dm2", "dm2_dr", "dr_dm1", "dm1_dw1"))
    return d
