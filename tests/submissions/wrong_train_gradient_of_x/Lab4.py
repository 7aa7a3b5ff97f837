import torch

# "which of them needs a gradient?"  -> all, to be sure
def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x = torch.tensor(x, requires_grad=True, device=device)
    y = torch.tensor(y, requires_grad=True, device=device)
    w = torch.tensor(w, requires_grad=True, device=device)
    losses = []
    for _ in range(n_epochs):
        y_hat = x * w
        loss = (y_hat - y) ** 2
        loss.backward()
        losses.append(loss.item())
        with torch.no_grad():
            w -= lr * x.grad
        x.grad.zero_()
        y.grad.zero_()
        w.grad.zero_()
    return w.item(), losses
