import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x, y = torch.tensor(x, device=device), torch.tensor(y, device=device)
    w = torch.tensor(w, device=device, requires_grad=True)
    losses = torch.empty(0, device=device)
    weights = torch.tensor([]).to(device)
    for _ in range(n_epochs):
        loss = (x * w - y) ** 2
        losses = torch.cat([losses, loss.detach().view(1)])
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
        weights = torch.cat((weights, w.detach().view(1)))
    return weights[-1] if len(weights) else w, losses
