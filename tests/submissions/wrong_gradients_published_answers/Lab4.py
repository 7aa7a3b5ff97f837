import math


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    return {"dloss_ds": -0.802624679, "ds_dy_hat": 1.0, "dy_hat_dm2": 0.240260746, "dm2_dw2": 2.0, "dm2_dr": 0.2,
            "dr_dm1": 1.0, "dm1_dw1": 4.0, "dloss_dw2": -0.385678408, "dloss_dw1": -0.154271363}
