import math


def relu(t):
    if t > 0:
        return t
    else:
        return 0


def sigmoid(t):
    return 1.0 / (1.0 + math.e ** (-t))


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = relu(m1)
    m2 = m1 * w2
    y_hat = sigmoid(m2)
    s = y_hat - y
    loss = s * s
    return dict(m1=m1, r=r, m2=m2, y_hat=y_hat, s=s, loss=loss)
