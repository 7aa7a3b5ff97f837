import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor(w, device=device, requires_grad=True)

    losses = []
    for epoch in range(n_epochs):
        loss = torch.square(x * w - y)
        loss.backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
        w.grad = None
        losses.append(loss.item())
    return w, losses
