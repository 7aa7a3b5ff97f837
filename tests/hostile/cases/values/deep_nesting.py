"""Lists a hundred thousand deep."""


def attack(*_):
    value = 1.0
    for _ in range(100_000):
        value = [value]
    return value


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
