"""NaN everywhere."""

NAN = float("nan")


def attack(*_):
    return {name: NAN for name in ("loss", "y_hat", "s", "m1", "m2", "r", "dloss_dw1", "dloss_dw2")}


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack


def train(*_):
    return NAN, [NAN] * 20
