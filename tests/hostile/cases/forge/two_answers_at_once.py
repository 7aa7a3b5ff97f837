"""Forks once, so that two processes answer the same requests."""

import os

forked = False


def attack(*_):
    global forked
    if not forked:
        forked = True
        os.fork()
    return 1.0


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
