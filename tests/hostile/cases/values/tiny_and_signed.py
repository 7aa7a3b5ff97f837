"""Subnormal numbers, negative zero, the smallest and largest doubles."""


def attack(*_):
    return -0.0, 5e-324, -5e-324, 1.7976931348623157e308


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
