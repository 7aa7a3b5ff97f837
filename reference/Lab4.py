# The instructor's solution. Submissions are compared with it, and the students' Lab4.py is made from it: `autograder
# handout` removes this comment, the bodies that students write, and the helpers whose names begin with "_".
"""Lab 4. PyTorch: computation graphs and autograd.

check_result is complete. Write the other four functions: their docstrings say step by step what to do.
Every function must work with any numbers given as parameters, not only with the defaults.
Run `python Lab4.py` whenever you like. It shows what works so far.
"""

import math
import traceback

import torch

# ---------------------------------------------------------------- Task 1: y_hat = x * w


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    """One forward and one backward pass of task 1. It is complete: use it to check your results on paper.

    Prints and returns (loss, dloss_dw) as two floats.
    """
    # float(): a tensor made from an integer would hold integers, and those have no gradient.
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    # requires_grad tells PyTorch to record what is computed with w, so that it can compute d loss / d w.
    w = torch.tensor(float(w), device=device, requires_grad=True)

    # forward pass
    y_hat = x * w
    s = y_hat - y
    loss = s**2

    # backward pass: afterwards w.grad holds d loss / d w
    loss.backward()

    print(f"y_hat = {y_hat.item():.6f}, s = {s.item():.6f}, loss = {loss.item():.6f}")
    print(f"dloss_dw = {w.grad.item():.6f}")
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    """Train the weight w of task 1 by gradient descent.

    1. Make tensors of x, y and w on the device, as check_result does. Which of them needs a gradient?
    2. Start an empty list for the losses.
    3. Repeat n_epochs times:
       a. forward pass: compute y_hat and the loss;
       b. append the loss to the list, as a plain number (this is the loss before the update);
       c. backward pass: let PyTorch compute the gradient;
       d. update w against the gradient, with the step size lr; this update must not become part of the
          graph (lesson 3 of the tutorial that README.md names shows how);
       e. clear the gradient. PyTorch adds every new gradient to the one that is already there, and each
          epoch must start with a fresh one.
    4. Return (w, losses): the final weight as a plain number, and the list with one loss per epoch.
    """
    inputs, target = _tensor(x, device), _tensor(y, device)
    weight = _tensor(w, device).requires_grad_()
    losses = []
    for _ in range(n_epochs):
        loss = (inputs * weight - target) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            weight -= lr * weight.grad
        weight.grad = None  # backward() adds to what is there
    # A learning rate that is too large makes the losses grow, in the end to inf and nan; nothing is raised.
    return weight.item(), losses


# ---------------------------------------------------------------- Task 2: a network with one hidden unit


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    """The forward pass of task 2 in plain Python arithmetic, without PyTorch.

    1. Compute the nodes one after the other, from left to right through the graph: m1, r, m2, y_hat, s, loss.
       Give each node a variable of its own.
    2. ReLU and sigmoid: write the formulas of the lab sheet (the exponential function is in the module math).
    3. Return a dict with the keys "m1", "r", "m2", "y_hat", "s" and "loss".
    """
    m1 = x1 * w1
    r = max(m1, 0.0)
    m2 = r * w2
    y_hat = _sigmoid(m2)
    s = y_hat - y
    loss = s * s
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": loss}


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    """The backward pass of task 2 by hand: the chain rule in plain Python arithmetic, without autograd.

    1. Get the values of the nodes from fnn_forward, called with the parameters of this function.
    2. Compute the local partial derivative of every node, from right to left. Each is one short expression:
       dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2, dm2_dr, dr_dm1, dm1_dw1.
    3. Multiply along the path from the loss to w2: dloss_dw2.
    4. Multiply along the path from the loss to w1: dloss_dw1. Up to m2 it is the same path.
    5. Return a dict with these nine names as keys.
    """
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


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    """The same gradients as fnn_gradients, this time computed with PyTorch's autograd.

    1. Make tensors on the device, as check_result does. Which two of them need a gradient?
    2. Forward pass with torch: PyTorch has its own relu and sigmoid.
    3. Backward pass: one call.
    4. Return (loss, dloss_dw2, dloss_dw1) as plain numbers.
    """
    inputs, target = _tensor(x1, device), _tensor(y, device)
    hidden, output = _tensor(w1, device).requires_grad_(), _tensor(w2, device).requires_grad_()
    y_hat = torch.sigmoid(torch.relu(inputs * hidden) * output)
    loss = (y_hat - target) ** 2
    loss.backward()
    return loss.item(), output.grad.item(), hidden.grad.item()


# ---------------------------------------------------------------- The solution's helpers: not in the handout


def _tensor(value, device):
    return torch.tensor(float(value), device=device)  # in the default precision, float32 unless set otherwise


def _sigmoid(x):
    small = math.exp(-abs(x))  # never overflows, whichever sign x has
    return 1 / (1 + small) if x >= 0 else small / (1 + small)


# ---------------------------------------------------------------- To try it out: nothing to write here


def attempt(function):
    """Call the function with its default numbers, print what it returns, and return it (None if nothing)."""
    name = function.__name__
    try:
        result = function()
    except Exception as error:
        # PyTorch raises NotImplementedError too; only the message shows that a function is not written yet.
        if isinstance(error, NotImplementedError) and str(error).endswith("still to be written"):
            needs = "" if str(error).startswith(f"{name}()") else "cannot go on, because "
            print(f"{name}: {needs}{error}")
        else:
            # An error inside PyTorch ends in PyTorch's files: show the last line that is in none of them.
            library = torch.__path__[0]
            mine = [frame for frame in traceback.extract_tb(error.__traceback__) if library not in frame.filename][-1]
            print(f"{name}: stopped with an error in Lab4.py, line {mine.lineno}:")
            print(f"    {mine.line}")
            print(f"{type(error).__name__}: {error}")
        return None
    print(f"{name} returned {result}" + (" (nothing): it needs a return" if result is None else ""))
    return result


def compare(name, mine, other, source="autograd"):
    """Print your number beside the one from the source, and whether the two agree."""
    mine, other = float(mine), float(other)
    verdict = "they agree" if abs(mine - other) <= 1e-3 * abs(other) + 1e-6 else "THEY DIFFER"
    print(f"    {name:<12} yours {mine:12.6f}    {source} {other:12.6f}    {verdict}")


def main():
    """Run every function and compare your results with autograd's."""
    print("Task 1")
    checked, trained = attempt(check_result), attempt(train)
    try:
        if checked is not None and trained is not None:
            losses = trained[1]
            if len(losses) == 0:
                print("    train's list of losses is empty")
            else:
                compare("losses[0]", losses[0], checked[0], "check_result")
    except Exception as error:
        print(f"    cannot be compared ({error!r}): does train return what its docstring asks for?")

    print("\nTask 2")
    forward, gradients, autograd = attempt(fnn_forward), attempt(fnn_gradients), attempt(fnn_check_result)
    try:
        if forward is not None and autograd is not None:
            compare("loss", forward["loss"], autograd[0])
        if gradients is not None and autograd is not None:
            compare("dloss_dw2", gradients["dloss_dw2"], autograd[1])
            compare("dloss_dw1", gradients["dloss_dw1"], autograd[2])
    except Exception as error:
        print(f"    cannot be compared ({error!r}): do the functions return what their docstrings ask for?")


if __name__ == "__main__":
    main()
