import pandas_that_does_not_exist as pd
import math


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(0.0, m1)
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    return {'m1': m1, 'r': r, 'm2': m2, 'y_hat': y_hat, 's': s, 'loss': s ** 2}


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    pd.DataFrame()
    f = fnn_forward(x1, w1, w2, y)
    p, gate = f['y_hat'], float(f['m1'] > 0)
    d = 2 * f['s'] * p * (1 - p)
    return 2 * f['s'], 1, p * (1 - p), f['r'], w2, gate, x1, d * f['r'], d * w2 * gate * x1
