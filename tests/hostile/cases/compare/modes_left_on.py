"""Leaves inference mode, gradient-free mode and deterministic mode on."""

import torch

torch.inference_mode().__enter__()
torch.set_grad_enabled(False)
torch.use_deterministic_algorithms(True)
torch.autograd.set_detect_anomaly(True)
torch.set_num_threads(64)
torch.manual_seed(0)


def attack(*_):
    return torch.rand(3)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
