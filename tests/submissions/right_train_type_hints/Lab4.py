from __future__ import annotations

import torch


def train(x: float = 4.0, y: float = 1.0, w: float = 0.5, lr: float = 0.01, n_epochs: int = 20,
          device: str | torch.device = "cpu") -> tuple[float, Losses]:
    w = torch.tensor(w, device=device, requires_grad=True)
    losses = []
    for _ in range(n_epochs):
        loss = (x * w - y) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
    return w.item(), losses
