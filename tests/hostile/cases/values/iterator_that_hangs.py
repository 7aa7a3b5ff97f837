"""An iterator that sleeps, raises, exits."""

import os
import time


def slow():
    yield 1.0
    time.sleep(20)


def raises():
    yield 1.0
    raise SystemExit


def exits():
    yield 1.0
    os._exit(0)


def train(*_):
    return slow()


def fnn_forward(*_):
    return raises()


def fnn_gradients(*_):
    return exits()
