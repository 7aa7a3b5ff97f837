"""Leaves torch on a device that holds no numbers."""

import torch

torch.set_default_device("meta")


def attack(*_):
    return torch.ones(3)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
