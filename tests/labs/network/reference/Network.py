"""A network on a batch: by hand, and with autograd."""

import torch
import torch.nn.functional as F


def values_of(X, y, W1, b1, W2, b2):
    A1 = X @ W1 + b1
    H = torch.relu(A1)
    logits = H @ W2 + b2
    loss = F.cross_entropy(logits, y)
    return {"A1": A1, "H": H, "logits": logits, "loss": loss}


def forward(X, y, W1, b1, W2, b2):
    return values_of(X, y, W1, b1, W2, b2)


def gradients(X, y, W1, b1, W2, b2):
    values = values_of(X, y, W1, b1, W2, b2)
    n, k = values["logits"].shape
    p = torch.softmax(values["logits"], dim=1)
    one_hot = F.one_hot(y, k).float()
    dlogits = (p - one_hot) / n
    dW2 = values["H"].T @ dlogits
    db2 = dlogits.sum(0)
    dH = dlogits @ W2.T
    dA1 = dH * (values["A1"] > 0)
    dW1 = X.T @ dA1
    db1 = dA1.sum(0)
    return {
        "dloss_dlogits": dlogits,
        "dloss_dW2": dW2,
        "dloss_db2": db2,
        "dloss_dH": dH,
        "dloss_dA1": dA1,
        "dloss_dW1": dW1,
        "dloss_db1": db1,
    }


def check_result(X, y, W1, b1, W2, b2, device="cpu"):
    parameters = [each.detach().clone().to(device).requires_grad_() for each in (W1, b1, W2, b2)]
    W1, b1, W2, b2 = parameters
    loss = F.cross_entropy(torch.relu(X.to(device) @ W1 + b1) @ W2 + b2, y.to(device))
    loss.backward()
    return loss, W1.grad, b1.grad, W2.grad, b2.grad


def train(X, y, W1, b1, W2, b2, lr=0.2, n_epochs=10, device="cpu"):
    parameters = [each.detach().clone().to(device).requires_grad_() for each in (W1, b1, W2, b2)]
    W1, b1, W2, b2 = parameters
    X, y = X.to(device), y.to(device)
    optimizer = torch.optim.SGD(parameters, lr=lr)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(torch.relu(X @ W1 + b1) @ W2 + b2, y)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return *[each.detach() for each in parameters], losses
