import argparse
import os
import sys

import torch

parser = argparse.ArgumentParser(description="Lab 4")
parser.add_argument("--plot", action="store_true")
args = parser.parse_args()
here = os.path.dirname(os.path.abspath(sys.argv[0]))
assert here == os.path.dirname(os.path.abspath(__file__))


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else n_epochs
    w = torch.tensor(w, device=device, requires_grad=True)
    losses = []
    for epoch in range(epochs):
        loss = (x * w - y) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
        if args.plot:
            print(epoch, loss.item())
    return w.item(), losses
