"""Tells the inputs by how long it takes, bit by bit."""

import time


def train(x, *_):
    time.sleep(0.1 + (hash(x) % 8) / 20)
    return x
