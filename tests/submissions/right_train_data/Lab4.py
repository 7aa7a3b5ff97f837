import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor(w, device=device, requires_grad=True)

    losses = []
    for epoch in range(n_epochs):
        loss = (x * w - y).pow(2)
        loss.backward()
        losses.append(loss.data.item())
        w.data = w.data - lr * w.grad.data
        w.grad.data.zero_()
    return w.data, losses
