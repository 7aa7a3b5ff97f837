import math

def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    h = x1*w1
    r = h if h > 0 else 0
    o = r*w2
    p = 1/(1+math.exp(-o))

    dloss_ds = 2*(p-y)
    ds_dy_hat = 1
    dy_hat_dm2 = p*(1-p)
    dm2_dw2 = w2
    dm2_dr = r
    dr_dm1 = 1 if h > 0 else 0
    dm1_dw1 = x1

    dloss_dw2 = dloss_ds*ds_dy_hat*dy_hat_dm2*dm2_dw2
    dloss_dw1 = dloss_ds*ds_dy_hat*dy_hat_dm2*dm2_dr*dr_dm1*dm1_dw1
    return dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2, dm2_dr, dr_dm1, dm1_dw1, dloss_dw2, dloss_dw1
