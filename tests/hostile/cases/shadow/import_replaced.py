"""Replaces the import statement itself."""

import builtins

real = builtins.__import__


def importing(name, *arguments, **named):
    if name == "torch":
        raise ImportError("no torch")
    return real(name, *arguments, **named)


builtins.__import__ = importing


def attack(*_):
    import torch

    return torch


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
