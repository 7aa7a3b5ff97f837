"""A small object that unfolds to four to the power of twelve values."""


def attack(*_):
    value = [1.0] * 4
    for _ in range(12):
        value = [value] * 4
    return value


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
