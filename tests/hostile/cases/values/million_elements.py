"""Lists, tuples, dicts and texts of a million elements."""


def check_result(*_):
    return [0.5] * 10**6


def train(*_):
    return 0.5, [0.5] * 10**6


def fnn_forward(*_):
    return {f"loss{i}": 0.5 for i in range(10**6)}


def fnn_gradients(*_):
    return "0.5, " * 10**6


def fnn_check_result(*_):
    return {"loss": bytes(10**7)}
