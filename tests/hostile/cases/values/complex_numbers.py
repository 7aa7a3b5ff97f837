"""Complex numbers: of Python, numpy and torch."""

import numpy
import torch


def check_result(*_):
    return 1j, 1 + 0j


def train(*_):
    return torch.tensor(1 + 1j), [1j] * 20


def fnn_forward(*_):
    return numpy.complex128(1 + 0j)


def fnn_check_result(*_):
    return torch.view_as_real(torch.ones(2, dtype=torch.cfloat)), 1j, 2
