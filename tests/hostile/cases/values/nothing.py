"""None, Ellipsis, NotImplemented, empty containers."""


def check_result(*_):
    return None


def train(*_):
    return ..., []


def fnn_forward(*_):
    return {}


def fnn_gradients(*_):
    return NotImplemented


def fnn_check_result(*_):
    return ((), [], {})
