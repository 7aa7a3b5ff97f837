from math import exp


def relu(t):
    match t > 0:
        case True:
            return t
        case False:
            return 0.0


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    return {
        "m1": (m1 := x1 * w1),
        "r": (r := relu(m1)),
        "m2": (m2 := r * w2),
        "y_hat": (y_hat := 1 / (1 + exp(-m2))),
        "s": (s := y_hat - y),
        "loss": s**2,
    }
