import functools
from typing import NamedTuple

import torch


def on_device(function):
    """Turns the first three arguments into tensors on the device."""

    @functools.wraps(function)
    def wrapped(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
        return function(*(torch.tensor(each, device=device) for each in (x, y, w)), lr=lr, n_epochs=n_epochs)

    return wrapped


class Trained(NamedTuple):
    w: torch.Tensor
    losses: list


@on_device
@torch.enable_grad()
def train(x, y, w, lr, n_epochs):
    w.requires_grad_()
    losses = []
    for _ in range(n_epochs):
        (loss := torch.nn.functional.mse_loss(x * w, y)).backward()
        losses.append(loss.detach())
        w.data.add_(w.grad, alpha=-lr)
        w.grad = None
    return Trained(w, losses)
