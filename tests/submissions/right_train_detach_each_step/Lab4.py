import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor(w, device=device, requires_grad=True)

    losses = []
    for epoch in range(n_epochs):
        loss = (w * x - y) ** 2
        losses.append(loss.item())
        loss.backward()
        w = (w - lr * w.grad).detach().requires_grad_()
    return w.item(), losses
