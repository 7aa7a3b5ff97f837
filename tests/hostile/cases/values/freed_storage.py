"""Tensors that point to memory that is no longer, or never was, theirs."""

import numpy
import torch


def check_result(*_):
    value = torch.ones(1000)
    value.untyped_storage().resize_(0)
    return value


def train(*_):
    data = bytearray(8 * 1000)
    return 1.0, torch.frombuffer(data, dtype=torch.float64)


def fnn_forward(*_):
    class Nowhere:
        __array_interface__ = {"shape": (4,), "typestr": "<f8", "data": (8, False), "version": 3}

    return numpy.asarray(Nowhere())
