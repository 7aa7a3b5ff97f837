"""A line, a word and a number of a million characters."""


def check_result(*_):
    print("x" * 10**6)


def train(*_):
    raise ValueError("word " * 10**6)


def fnn_forward(*_):
    return {"x" * 10**6: "9" * 10**6}


def fnn_gradients(*_):
    return "9" * 10**6
