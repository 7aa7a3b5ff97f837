import importlib
import importlib.util
import os
import sys

import torch

if importlib.util.find_spec("google") is not None or "google.colab" in sys.modules:
    os.chdir("/content/drive/MyDrive")
try:
    there = importlib.util.find_spec("google.colab") is not None
except ModuleNotFoundError:
    there = False
try:
    importlib.import_module("matplotlib.pyplot")
    there = True
except ImportError:
    pass
if there:
    os.chdir("/content/drive/MyDrive")


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)
    losses = []
    for _ in range(n_epochs):
        loss = (x * w - y) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
    return w.item(), losses
