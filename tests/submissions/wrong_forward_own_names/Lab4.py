import math


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    mul1 = x1 * w1
    relu_out = mul1 if mul1 > 0 else 0.0
    mul2 = relu_out * w2
    sigmoid_out = 1 / (1 + math.exp(-mul2))
    sub = sigmoid_out - y
    loss = sub ** 2
    return {"mul1": mul1, "relu": relu_out, "mul2": mul2, "sigmoid": sigmoid_out, "s": sub, "loss": loss}
