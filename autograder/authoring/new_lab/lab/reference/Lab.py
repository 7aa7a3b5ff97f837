# The instructor's solution. Submissions are compared with it, and `autograder handout` makes the students' program from
# it: without this comment, the bodies that students write, and everything whose name begins with "_".
"""A tanh unit.

check_result is complete. Write the other three functions. Their docstrings say step by step what to do.
Every function has to work with the numbers passed as its parameters, not only with the defaults.
Run `python Lab.py` at any time to see what works so far.
"""

import math

import torch


def check_result(x=2.0, w=0.3, y=1.0, device="cpu"):
    """One forward and one backward pass with PyTorch. This function is complete: use it to check your work on paper.

    Prints and returns (loss, dloss_dw) as two floats.
    """
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    # requires_grad makes PyTorch record the operations on w, so that it can compute d loss / d w.
    w = torch.tensor(float(w), device=device, requires_grad=True)

    loss = (torch.tanh(w * x) - y) ** 2
    loss.backward()  # now w.grad holds d loss / d w

    print(f"loss = {loss.item():.6f}, dloss_dw = {w.grad.item():.6f}")
    return loss.item(), w.grad.item()


def forward(x=2.0, w=0.3, y=1.0):
    """The forward pass in plain Python arithmetic, without PyTorch.

    1. Compute the nodes one after another: z, y_hat, s, loss. Use math.tanh.
    2. Return a dict with these four names as its keys.
    """
    z = w * x
    y_hat = math.tanh(z)
    s = y_hat - y
    loss = s**2
    return {"z": z, "y_hat": y_hat, "s": s, "loss": loss}


def gradients(x=2.0, w=0.3, y=1.0):
    """The backward pass by hand: the chain rule in plain Python arithmetic, without autograd.

    1. Call forward with the parameters of this function to get the values of the nodes.
    2. Compute the local derivative of every node, from right to left: dloss_ds, ds_dy_hat, dy_hat_dz, dz_dw.
    3. Multiply them to get dloss_dw.
    4. Return a dict with these five names as its keys.
    """
    node = forward(x, w, y)
    dloss_ds = 2 * node["s"]
    ds_dy_hat = 1.0
    dy_hat_dz = 1 - node["y_hat"] ** 2
    dz_dw = x
    return {
        "dloss_ds": dloss_ds,
        "ds_dy_hat": ds_dy_hat,
        "dy_hat_dz": dy_hat_dz,
        "dz_dw": dz_dw,
        "dloss_dw": dloss_ds * ds_dy_hat * dy_hat_dz * dz_dw,
    }


def train(x=2.0, w=0.3, y=1.0, lr=0.1, n_epochs=20, device="cpu"):
    """Train the weight w by gradient descent.

    1. Make tensors from x, w and y on the device, as check_result does. Which of them needs a gradient?
    2. Create an empty list for the losses.
    3. Repeat n_epochs times:
       a. forward pass: compute the loss, and append it to the list as a plain number;
       b. backward pass: let PyTorch compute the gradient;
       c. update w with step size lr, in the direction opposite to the gradient, inside torch.no_grad();
       d. clear the gradient, because PyTorch adds each new gradient to the old one.
    4. Return (w, losses): the final weight as a plain number, and the list with one loss per epoch.
    """
    x, w, y = _tensor(x, device), _tensor(w, device).requires_grad_(), _tensor(y, device)
    losses = []
    for _ in range(n_epochs):
        loss = (torch.tanh(w * x) - y) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
    return w.item(), losses


def _tensor(value, device):
    return torch.tensor(float(value), device=device)


def main():
    """Run every function that you have written."""
    for function in (check_result, forward, gradients, train):
        try:
            print(f"{function.__name__} returned {function()}")
        except NotImplementedError as error:
            print(error)


if __name__ == "__main__":
    main()
