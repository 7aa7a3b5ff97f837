"""Lone surrogates and non-characters in messages and names."""

TEXT = "\ud800\udc00\udfff\ufffe\uffff\U0010ffff"


def check_result(*_):
    print(TEXT)


def train(*_):
    raise ValueError(TEXT)


def fnn_forward(*_):
    return {TEXT: 1.0}


def fnn_gradients(*_):
    raise type("E", (Exception,), {"__str__": lambda _: TEXT})
