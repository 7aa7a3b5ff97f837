import torch


def train(a, b, c, d, e, device="cpu"):
    w, x, y, lr, n_epochs = a, b, c, d, e
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
