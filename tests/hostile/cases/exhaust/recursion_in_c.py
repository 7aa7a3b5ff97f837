"""Recursion through C code, which ends in a crash instead of an exception."""

import functools


class Calls:
    __call__ = None


Calls.__call__ = functools.partialmethod(lambda self: self)


def train(*_):
    import sys

    sys.setrecursionlimit(10**8)
    value = []
    for _ in range(10**6):
        value = [value]
    return repr(value)


def fnn_forward(*_):
    return eval("(" * 90 + "1" + ")" * 90), eval("-" * 100_000 + "1")
