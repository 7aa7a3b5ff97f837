"""A constant that would be computed by the compiler, not by the program."""

VALUE = 9 ** 9 ** 8 if False else "x" * (1 << 12) * 1
GIANT = ((((1 << 4000) << 4000) << 4000) << 4000) * 0


def train(*_):
    return (2**60_000) ** 60_000
