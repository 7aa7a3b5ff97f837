import math


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = max(0.0, m1)
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    return {'m1': str(m1), 'r': str(r), 'm2': str(m2), 'y_hat': str(y_hat), 's': str(s), 'loss': str(s ** 2)}
