import numpy as np
import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    weight = torch.tensor(w, device=device, requires_grad=True)
    sgd = torch.optim.SGD([weight], lr)
    seen, averages = [], []
    for _ in range(n_epochs):
        sgd.zero_grad()
        loss = (weight * x - y).square()
        loss.backward()
        sgd.step()
        seen.append(loss.item())
        averages.append(np.mean(seen))  # average training loss, as in the course notes
    return weight.item(), averages
