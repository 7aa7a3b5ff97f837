"""Carriage returns, backspaces, vertical tabs and form feeds that write over what stands there."""

TEXT = "0 of 100\r100 of 100\b\b\b\x0b\x0c\x85\x1c\x1d\x1e"


def check_result(*_):
    print(TEXT)


def train(*_):
    raise ValueError(TEXT)


def fnn_forward(*_):
    return {TEXT: 1.0}


def fnn_gradients(*_):
    return TEXT
