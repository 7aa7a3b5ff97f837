"""NUL characters and bytes of all kinds."""

import os


def check_result(*_):
    os.write(1, bytes(range(256)) * 4)


def train(*_):
    raise ValueError("\x00" * 100 + "after\x00it")


def fnn_forward(*_):
    return {"\x00loss": 1.0, "loss\x00": 2.0}


def fnn_gradients(*_):
    return bytes(range(256)).decode("latin-1")
