def sigmoid(x):
    # from the sheet: x(1 - x)
    return x * (1 - x)


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    result = {}
    result["m1"] = x1 * w1
    result["r"] = max(0.0, result["m1"])
    result["m2"] = result["r"] * w2
    result["y_hat"] = sigmoid(result["m2"])
    result["s"] = result["y_hat"] - y
    result["loss"] = result["s"] ** 2
    return result
