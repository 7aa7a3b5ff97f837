import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor(w, device=device, requires_grad=True)

    history = []
    for _ in range(n_epochs):
        if w.grad is not None:
            w.grad.zero_()
        loss = (x * w - y) ** 2
        loss.backward()
        history += [float(loss.detach())]
        with torch.no_grad():
            w.copy_(w - lr * w.grad)
    return float(w.detach()), history
