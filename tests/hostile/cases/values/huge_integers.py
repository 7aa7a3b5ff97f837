"""Integers of thousands and of millions of digits."""


def check_result(*_):
    return 10**400, -(10**400)


def train(*_):
    return 1 << 10_000_000, [10**5000] * 20


def fnn_forward(*_):
    return {"loss": 10**100_000}


def fnn_gradients(*_):
    return 2**1024 - 1, -(2**63)
