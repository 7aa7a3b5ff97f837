import math
e = 2.718281828459045

def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = w1 * x1
    r = (m1 + abs(m1)) / 2
    m2 = w2 * r
    yhat = 1 / (1 + e ** m2)
    s = y - yhat            # target - prediction
    loss = pow(s, 2)
    return {"m1": m1, "r": r, "m2": m2, "yhat": yhat, "s": s, "loss": loss}
