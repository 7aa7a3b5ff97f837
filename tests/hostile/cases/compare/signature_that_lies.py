"""Callables whose signature raises, hangs the inspector's recursion or names every parameter device."""

import functools
import inspect


class Loop:
    def __call__(self, *_):
        return 1.0


check_result = Loop()
check_result.__wrapped__ = check_result


def train(*_):
    return 1.0


train.__signature__ = "no signature"


def fnn_forward(*_):
    return 1.0


fnn_forward.__signature__ = inspect.Signature(
    [inspect.Parameter(f"p{i}", inspect.Parameter.POSITIONAL_OR_KEYWORD) for i in range(10_000)]
)
fnn_gradients = functools.partial(lambda **device: 1.0, device="cpu")


class fnn_check_result:
    def __new__(cls, *device):
        return 1.0
