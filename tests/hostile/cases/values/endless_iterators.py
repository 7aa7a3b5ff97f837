"""Iterators that never end, inside of lists and dicts."""

import itertools


def attack(*_):
    return [itertools.count(), itertools.cycle("ab"), itertools.repeat(1.0)]


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack


def train(*_):
    return 1.0, (itertools.count() for _ in itertools.count())
