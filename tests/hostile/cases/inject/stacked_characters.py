"""Hundreds of marks on one letter, and letters that are wider than a line."""

TEXT = "Z" + "\u0300\u0301\u0316" * 150 + "\ufdfd" * 20 + "\U00012219" * 10


def check_result(*_):
    print(TEXT)


def train(*_):
    raise ValueError(TEXT)


def fnn_forward(*_):
    return {TEXT: 1.0}


def fnn_gradients(*_):
    return TEXT
