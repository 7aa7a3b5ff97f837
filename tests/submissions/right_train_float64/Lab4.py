import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x = torch.tensor(x, dtype=torch.float64, device=device)
    y = torch.tensor(y, dtype=torch.float64, device=device)
    w = torch.tensor(w, dtype=torch.float64, device=device, requires_grad=True)
    losses = []
    for _ in range(n_epochs):
        loss = (x * w - y) ** 2
        loss.backward()
        losses.append(loss.detach())
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
    return w, losses
