import math

relu = lambda z: max(z, 0.0)
sigmoid = lambda z: 1 / (1 + math.exp(-z))
prediction = lambda x1, w1, w2: sigmoid(relu(x1 * w1) * w2)
fnn_forward = lambda x1=4.0, w1=0.5, w2=0.2, y=1.0: {
    "m1": x1 * w1,
    "r": relu(x1 * w1),
    "m2": relu(x1 * w1) * w2,
    "y_hat": prediction(x1, w1, w2),
    "s": prediction(x1, w1, w2) - y,
    "loss": (prediction(x1, w1, w2) - y) ** 2,
}
