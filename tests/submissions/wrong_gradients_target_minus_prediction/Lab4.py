from math import exp


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    # forward
    m1 = x1 * w1
    r = m1 * (m1 > 0)
    m2 = r * w2
    y_hat = 1 / (1 + exp(-m2))

    # backward: d/ds (y - y_hat)^2 = 2 (y - y_hat)
    delta = 2 * (y - y_hat)
    delta_out = delta * y_hat * (1 - y_hat)
    delta_hidden = delta_out * w2 * (m1 > 0)

    return {
        "dloss_ds": delta, "ds_dy_hat": 1, "dy_hat_dm2": y_hat * (1 - y_hat),
        "dm2_dw2": r, "dm2_dr": w2, "dr_dm1": m1 > 0, "dm1_dw1": x1,
        "dloss_dw2": delta_out * r, "dloss_dw1": delta_hidden * x1,
    }
