import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor([w], requires_grad=True).to(device)
    optimizer = torch.optim.SGD([w], lr=lr)
    losses = []
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        loss = ((x * w - y) ** 2).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return w.item(), losses
