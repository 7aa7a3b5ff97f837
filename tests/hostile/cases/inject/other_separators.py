"""Formulas for spreadsheets that expect another separator than the comma, or other signs of equality."""

TEXT = "x;=1+1\ty\t=2\n \"=3\n\uff1d4,\uff0b5,\uff0d6,\uff20SUM(7)|=8"


def check_result(*_):
    print(TEXT)


def train(*_):
    raise ValueError(TEXT)


def fnn_forward(*_):
    return {TEXT: 1.0}


def fnn_gradients(*_):
    return TEXT
