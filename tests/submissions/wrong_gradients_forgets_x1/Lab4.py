import math


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(0, m1)
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    loss = s ** 2
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": loss}


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    fwd = fnn_forward(x1, w1, w2, y)
    grads = dict()
    grads["dloss_ds"] = 2 * fwd["s"]
    grads["ds_dy_hat"] = 1
    grads["dy_hat_dm2"] = fwd["y_hat"] * (1 - fwd["y_hat"])
    grads["dm2_dw2"] = fwd["r"]
    grads["dm2_dr"] = w2
    grads["dr_dm1"] = int(fwd["m1"] > 0)
    grads["dm1_dw1"] = x1
    until_m2 = grads["dloss_ds"] * grads["ds_dy_hat"] * grads["dy_hat_dm2"]
    grads["dloss_dw2"] = until_m2 * grads["dm2_dw2"]
    grads["dloss_dw1"] = until_m2 * grads["dm2_dr"] * grads["dr_dm1"]
    for k, v in grads.items():
        print(k, "=", v)
    return grads
