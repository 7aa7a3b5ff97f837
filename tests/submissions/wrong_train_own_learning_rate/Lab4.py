import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor(w, device=device, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.03)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = (x * w - y) ** 2
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return w.item(), losses
