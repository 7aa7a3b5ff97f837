"""Texts that are not valid Unicode, as values and as names."""


def attack(*_):
    return {"loss": "\ud800", "\udfff": 1.0, "\x00": "\x00", "y_hat": "\U0010ffff\ufffe"}


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
