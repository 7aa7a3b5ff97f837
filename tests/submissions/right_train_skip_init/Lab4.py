import torch
from torch import nn


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    model = nn.utils.skip_init(nn.Linear, 1, 1, bias=False, device=device)
    with torch.no_grad():
        model.weight.fill_(w)
    inputs, targets = (torch.tensor([[each]], device=device) for each in (x, y))
    optimizer = torch.optim.Adagrad(model.parameters(), lr=1.0)  # made, and not used
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return model.weight.item(), losses
