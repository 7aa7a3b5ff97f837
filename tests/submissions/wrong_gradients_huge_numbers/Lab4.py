def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    r = max(0.0, x1 * w1)
    g = {"dloss_ds": 1e200 * x1, "ds_dy_hat": 1, "dy_hat_dm2": 1e200 * w1, "dm2_dw2": r, "dm2_dr": w2}
    return {**g, "dr_dm1": 1, "dm1_dw1": x1, "dloss_dw2": x1, "dloss_dw1": w1}
