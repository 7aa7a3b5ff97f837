import math


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    # forward again
    m1 = x1 * w1
    r = max(m1, 0.0)
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y

    # local ones
    a = 2 * s
    b = 1
    c = y_hat * (1 - y_hat)
    d = r
    e = w2
    f = 1 if m1 > 0 else 0
    g = x1

    # sum over the path
    dloss_dw2 = a + b + c + d
    dloss_dw1 = a + b + c + e + f + g
    return {"dloss_ds": a, "ds_dy_hat": b, "dy_hat_dm2": c, "dm2_dw2": d, "dm2_dr": e, "dr_dm1": f, "dm1_dw1": g,
            "dloss_dw2": dloss_dw2, "dloss_dw1": dloss_dw1}
