"""Lab 5. PyTorch: logistic regression and cross-entropy.

check_result is complete. Write the other three functions: their docstrings say step by step what to do.
Every function must work with any numbers given as parameters, not only with the defaults.
Run `python Lab5.py` whenever you like. It shows what works so far.
"""

import math

import torch


def check_result(x=2.0, y=1.0, w=0.7, b=-0.5, device="cpu"):
    """One forward and one backward pass. It is complete: use it to check your results on paper.

    Prints and returns (loss, dloss_dw, dloss_db) as floats.
    """
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    # requires_grad tells PyTorch to record what is computed with w and b, so that it can compute the gradients.
    w = torch.tensor(float(w), device=device, requires_grad=True)
    b = torch.tensor(float(b), device=device, requires_grad=True)

    # forward pass
    y_hat = torch.sigmoid(w * x + b)
    loss = -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat))

    # backward pass: afterwards w.grad and b.grad hold the gradients
    loss.backward()

    print(f"y_hat = {y_hat.item():.6f}, loss = {loss.item():.6f}")
    print(f"dloss_dw = {w.grad.item():.6f}, dloss_db = {b.grad.item():.6f}")
    return loss.item(), w.grad.item(), b.grad.item()


def forward(x=2.0, y=1.0, w=0.7, b=-0.5):
    """The forward pass in plain Python arithmetic, without PyTorch.

    1. z is the weight times the input, t adds the bias, y_hat is the sigmoid of t.
    2. The loss is the cross-entropy: -(y ln(y_hat) + (1 - y) ln(1 - y_hat)). The module math has exp and log.
    3. Return a dict with the keys "z", "t", "y_hat" and "loss".
    """
    z = w * x
    t = z + b
    y_hat = 1 / (1 + math.exp(-t))
    loss = -(y * math.log(y_hat) + (1 - y) * math.log(1 - y_hat))
    return {"z": z, "t": t, "y_hat": y_hat, "loss": loss}


def gradients(x=2.0, y=1.0, w=0.7, b=-0.5):
    """The backward pass by hand: the chain rule in plain Python arithmetic, without autograd.

    1. Get the values of the nodes from forward, called with the parameters of this function.
    2. y_hat is in both terms of the loss: dloss_dy_hat is the sum of what comes back along both paths.
    3. Compute the other local derivatives: dy_hat_dt, dt_dz, dz_dw and dt_db.
    4. Multiply along the path from the loss to w, and along the one to b: dloss_dw and dloss_db.
    5. Return a dict with these seven names as keys.
    """
    y_hat = forward(x, y, w, b)["y_hat"]
    dloss_dy_hat = -y / y_hat + (1 - y) / (1 - y_hat)
    dy_hat_dt = y_hat * (1 - y_hat)
    dt_dz = 1.0
    dz_dw = x
    dt_db = 1.0
    return {
        "dloss_dy_hat": dloss_dy_hat,
        "dy_hat_dt": dy_hat_dt,
        "dt_dz": dt_dz,
        "dz_dw": dz_dw,
        "dt_db": dt_db,
        "dloss_dw": dloss_dy_hat * dy_hat_dt * dt_dz * dz_dw,
        "dloss_db": dloss_dy_hat * dy_hat_dt * dt_db,
    }


def train(x=2.0, y=1.0, w=0.7, b=-0.5, lr=0.5, n_epochs=20, device="cpu"):
    """Train the weight w and the bias b by gradient descent.

    1. Make tensors of x, y, w and b on the device, as check_result does. Which of them need a gradient?
    2. Start an empty list for the losses.
    3. Repeat n_epochs times:
       a. forward pass: compute y_hat and the loss;
       b. append the loss to the list, as a plain number (this is the loss before the update);
       c. backward pass: let PyTorch compute both gradients;
       d. update w and b against their gradients, with the step size lr, outside of the graph (torch.no_grad());
       e. clear both gradients: PyTorch adds every new one to the one that is already there.
    4. Return (w, b, losses): weight and bias as plain numbers, and the list with one loss per epoch.
    """
    x, y = _tensor(x, device), _tensor(y, device)
    w, b = _tensor(w, device).requires_grad_(), _tensor(b, device).requires_grad_()
    losses = []
    for _ in range(n_epochs):
        y_hat = torch.sigmoid(w * x + b)
        loss = -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat))
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for parameter in (w, b):
                parameter -= lr * parameter.grad
                parameter.grad = None
    return w.item(), b.item(), losses


def _tensor(value, device):
    return torch.tensor(float(value), device=device)


def main():
    """Run every function that is written."""
    for function in (check_result, forward, gradients, train):
        try:
            print(f"{function.__name__} returned {function()}")
        except NotImplementedError as error:
            print(error)


if __name__ == "__main__":
    main()
