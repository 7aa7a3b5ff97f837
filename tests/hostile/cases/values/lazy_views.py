"""Conjugated, negated and overlapping views."""

import torch


def check_result(*_):
    return torch.conj(torch.ones(2, dtype=torch.cfloat)), torch._neg_view(torch.ones(2))


def train(*_):
    return torch._neg_view(torch.ones(())), torch.ones(3).as_strided((20,), (0,))


def fnn_forward(*_):
    return torch.conj(torch.ones(2, dtype=torch.cfloat)).imag
