"""The reference of a lab that has every key of rubric.yaml."""

import torch

X = [[0.5, -1.0], [1.5, 0.25]]
W = [[1.0, -0.5, 0.25], [-1.0, 0.75, 0.5]]
labels = [2, 0]
x = [[[0.0] * 4] * 3] * 2


def train(X=X, W=W, labels=labels, lr=0.5, n_epochs=20):
    """Train W; return it and the loss of every epoch."""
    X, labels = torch.tensor(X), torch.tensor(labels)
    W = torch.tensor(W, requires_grad=True)
    optimizer = torch.optim.SGD([W], lr=lr)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(X @ W, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return W, losses


def flatten(x=x):
    """Keep the first axis of x, and make one axis of all others."""
    return x.flatten(1)


def fit(X, y, n_epochs=200, device="cpu"):
    """Make a linear model, and train it on the samples; return it."""
    model = torch.nn.Linear(X.shape[1], 1).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(X).flatten(), y)
        loss.backward()
        optimizer.step()
    return model
