import math


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = m1 if m1 > 0 else 0.25 * m1
    m2 = r * w2
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": s**2}
