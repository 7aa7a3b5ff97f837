"""Tensors of a trillion elements that take no memory."""

import numpy
import torch


def check_result(*_):
    return torch.zeros(1).expand(10**12)


def train(*_):
    return 0.0, torch.zeros(1).as_strided((10**6, 10**6), (0, 0))


def fnn_forward(*_):
    return numpy.lib.stride_tricks.as_strided(numpy.zeros(1), (10**9,), (0,))


def fnn_gradients(*_):
    return range(10**18)
