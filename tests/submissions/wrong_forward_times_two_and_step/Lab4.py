import math

def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    M1 = x1 * w1
    # ReLU: 1 if positive, 0 otherwise
    R = 1 if M1 > 0 else 0
    M2 = R * w2
    Y_hat = 1 / (1 + math.exp(-M2))
    S = Y_hat - y
    Loss = S * 2        # squared
    return {"m1": M1, "r": R, "m2": M2, "y_hat": Y_hat, "s": S, "loss": Loss}
