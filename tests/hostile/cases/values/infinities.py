"""Infinities of both signs, and as text."""


def attack(*_):
    return float("inf"), "-inf", 1e308 * 10


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack


def train(*_):
    return float("-inf"), [float("inf")] * 20
