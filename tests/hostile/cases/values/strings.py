"""Numbers as text, arithmetic as text, code as text."""


def check_result(*_):
    return "8", "8.0"


def train(*_):
    return "w", ["__import__('os').getcwd()"] * 20


def fnn_forward(*_):
    return "{'loss': 1}"


def fnn_gradients(*_):
    return "9**9**9"


def fnn_check_result(*_):
    return "1" * 10**6, "1_0", "0x10"
