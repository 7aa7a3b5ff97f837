import math


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(0.0, m1)
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    g = {}
    g['dloss_ds'] = s
    g['ds_dy_hat'] = 1.0
    g['dy_hat_dm2'] = y_hat * (1 - y_hat)
    g['dm2_dw2'] = r
    g['dm2_dr'] = w2
    g['dr_dm1'] = 1.0 if m1 > 0 else 0.0
    g['dm1_dw1'] = x1
    g['dloss_dw2'] = g['dloss_ds'] * g['ds_dy_hat'] * g['dy_hat_dm2'] * g['dm2_dw2']
    g['dloss_dw1'] = g['dloss_ds'] * g['ds_dy_hat'] * g['dy_hat_dm2'] * g['dm2_dr'] * g['dr_dm1'] * g['dm1_dw1']
    return g
