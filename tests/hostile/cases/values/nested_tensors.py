"""Nested and jagged tensors, and tensors in numpy object arrays."""

import numpy
import torch


def check_result(*_):
    return torch.nested.nested_tensor([torch.ones(1), torch.ones(3)])


def train(*_):
    return 1.0, numpy.array([torch.ones(1), None, "x", [1]] * 5, dtype=object)


def fnn_forward(*_):
    return numpy.zeros(3, dtype=[("loss", "f8"), ("y_hat", "O")])
