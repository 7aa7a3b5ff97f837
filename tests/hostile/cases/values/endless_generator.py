"""A generator that never ends."""


def endless(*_):
    while True:
        yield 0.5


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = endless
