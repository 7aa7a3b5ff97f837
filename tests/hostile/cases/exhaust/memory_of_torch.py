"""Takes two gigabytes of memory in tensors, and asks for a thousand times more."""

import torch


def train(*_):
    return [torch.ones(25 << 20) for _ in range(20)]


def fnn_forward(*_):
    return torch.ones(10**12)
