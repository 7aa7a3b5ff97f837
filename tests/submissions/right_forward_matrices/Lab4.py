import numpy as np


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    x1, w1, w2, y = (np.array([[v]]) for v in (x1, w1, w2, y))
    m1 = x1 @ w1
    r = np.where(m1 > 0, m1, 0.0)
    m2 = r @ w2
    y_hat = 1 / (1 + np.exp(-m2))
    s = y_hat - y
    return {'m1': m1, 'r': r, 'm2': m2, 'y_hat': y_hat, 's': s, 'loss': s ** 2}
