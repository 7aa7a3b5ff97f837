"""Quantised, eight-bit and sub-byte tensors."""

import torch


def check_result(*_):
    return torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8)


def train(*_):
    return torch.ones(1).to(torch.float8_e4m3fn), torch.ones(20).to(torch.float8_e5m2)


def fnn_forward(*_):
    return torch.empty(4, dtype=torch.uint8).view(torch.uint8)
