"""Dicts whose keys are numbers, tuples, None, and objects that run code when made text."""

import os


class Key:
    def __str__(self):
        os._exit(0)

    __repr__ = __str__


def attack(*_):
    return {None: 1.0, (1, 2): 2.0, 3.5: 3.0, frozenset(): 4.0, True: 5.0}


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack


def train(*_):
    return {Key(): 1.0}
