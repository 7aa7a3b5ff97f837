"""An integer power that never ends, in C."""


def train(*_):
    return 9**9**9
