"""Reads from address 0."""

import ctypes


def attack(*_):
    return ctypes.string_at(0)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
