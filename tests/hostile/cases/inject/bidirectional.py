"""Marks that turn the order of the text round or hide a part of it."""

TEXT = "\u202e001 fo 001\u202c \u2066points\u2069 \u200bzero\u200dwidth\ufeff \u2028line\u2029 \U000e0041 \u061c\u180e"


def check_result(*_):
    print(TEXT)


def train(*_):
    raise ValueError(TEXT)


def fnn_forward(*_):
    return {TEXT: 1.0}


def fnn_gradients(*_):
    return TEXT
