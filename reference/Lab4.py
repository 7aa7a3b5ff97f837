"""The instructor's solution of the lab: what a submission is compared with."""

import math

import torch


def check_result(x: float = 4.0, y: float = 1.0, w: float = 0.5, device: str = "cpu") -> tuple[float, float]:
    """(loss, dloss_dw) of loss = (x * w - y)^2, by one forward and one backward pass."""
    inputs, target = _tensor(x, device), _tensor(y, device)
    weight = _tensor(w, device).requires_grad_()
    loss = (inputs * weight - target) ** 2
    loss.backward()
    return loss.item(), _gradient(weight)


def train(
    x: float = 4.0, y: float = 1.0, w: float = 0.5, lr: float = 0.01, n_epochs: int = 20, device: str = "cpu"
) -> tuple[float, list[float]]:
    """(w, losses): the weight after gradient descent, and each epoch's loss taken before its update.

    A learning rate that is too large makes the losses grow, in the end to inf and nan; nothing is raised.
    """
    inputs, target = _tensor(x, device), _tensor(y, device)
    weight = _tensor(w, device).requires_grad_()
    losses: list[float] = []
    for _ in range(n_epochs):
        loss = (inputs * weight - target) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            weight -= lr * _gradient(weight)
        weight.grad = None  # backward() adds to what is there
    return weight.item(), losses


def fnn_forward(x1: float = 4.0, w1: float = 0.5, w2: float = 0.2, y: float = 1.0) -> dict[str, float]:
    """The values of the nodes m1, r, m2, y_hat, s and loss, in plain arithmetic."""
    m1 = x1 * w1
    r = max(m1, 0.0)
    m2 = r * w2
    y_hat = _sigmoid(m2)
    s = y_hat - y
    loss = s * s
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": loss}


def fnn_gradients(x1: float = 4.0, w1: float = 0.5, w2: float = 0.2, y: float = 1.0) -> dict[str, float]:
    """The seven local partial derivatives and, by the chain rule, dloss_dw2 and dloss_dw1."""
    node = fnn_forward(x1, w1, w2, y)
    dloss_ds = 2 * node["s"]
    ds_dy_hat = 1.0
    dy_hat_dm2 = node["y_hat"] * (1 - node["y_hat"])
    dm2_dw2 = node["r"]
    dm2_dr = w2
    dr_dm1 = 1.0 if node["m1"] > 0 else 0.0
    dm1_dw1 = x1
    dloss_dm2 = dloss_ds * ds_dy_hat * dy_hat_dm2
    return {
        "dloss_ds": dloss_ds,
        "ds_dy_hat": ds_dy_hat,
        "dy_hat_dm2": dy_hat_dm2,
        "dm2_dw2": dm2_dw2,
        "dm2_dr": dm2_dr,
        "dr_dm1": dr_dm1,
        "dm1_dw1": dm1_dw1,
        "dloss_dw2": dloss_dm2 * dm2_dw2,
        "dloss_dw1": dloss_dm2 * dm2_dr * dr_dm1 * dm1_dw1,
    }


def fnn_check_result(
    x1: float = 4.0, w1: float = 0.5, w2: float = 0.2, y: float = 1.0, device: str = "cpu"
) -> tuple[float, float, float]:
    """(loss, dloss_dw2, dloss_dw1), by autograd."""
    inputs, target = _tensor(x1, device), _tensor(y, device)
    hidden, output = _tensor(w1, device).requires_grad_(), _tensor(w2, device).requires_grad_()
    y_hat = torch.sigmoid(torch.relu(inputs * hidden) * output)
    loss = (y_hat - target) ** 2
    loss.backward()
    return loss.item(), _gradient(output), _gradient(hidden)


def _tensor(value: float, device: str) -> torch.Tensor:
    return torch.tensor(float(value), device=device)  # in the default precision, float32 unless told otherwise


def _gradient(tensor: torch.Tensor) -> float:
    assert tensor.grad is not None
    return tensor.grad.item()


def _sigmoid(x: float) -> float:
    small = math.exp(-abs(x))  # never overflows, whichever sign x has
    return 1 / (1 + small) if x >= 0 else small / (1 + small)
