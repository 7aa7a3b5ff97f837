"""Lab 4. PyTorch: computation graphs and autograd.

check_result is complete. Write the other four functions: their docstrings say step by step what to do.
Every function must work with any numbers given as parameters, not only with the defaults.
Run `python Lab4.py` whenever you like. It shows what works so far.
"""

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
    raise NotImplementedError("train() is still to be written")


# ---------------------------------------------------------------- Task 2: a network with one hidden unit


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    """The forward pass of task 2 in plain Python arithmetic, without PyTorch.

    1. Compute the nodes one after the other, from left to right through the graph: m1, r, m2, y_hat, s, loss.
       Give each node a variable of its own.
    2. ReLU and sigmoid: write the formulas of the lab sheet (the exponential function is in the module math).
    3. Return a dict with the keys "m1", "r", "m2", "y_hat", "s" and "loss".
    """
    raise NotImplementedError("fnn_forward() is still to be written")


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    """The backward pass of task 2 by hand: the chain rule in plain Python arithmetic, without autograd.

    1. Get the values of the nodes from fnn_forward, called with the parameters of this function.
    2. Compute the local partial derivative of every node, from right to left. Each is one short expression:
       dloss_ds, ds_dy_hat, dy_hat_dm2, dm2_dw2, dm2_dr, dr_dm1, dm1_dw1.
    3. Multiply along the path from the loss to w2: dloss_dw2.
    4. Multiply along the path from the loss to w1: dloss_dw1. Up to m2 it is the same path.
    5. Return a dict with these nine names as keys.
    """
    raise NotImplementedError("fnn_gradients() is still to be written")


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    """The same gradients as fnn_gradients, this time computed with PyTorch's autograd.

    1. Make tensors on the device, as check_result does. Which two of them need a gradient?
    2. Forward pass with torch: PyTorch has its own relu and sigmoid.
    3. Backward pass: one call.
    4. Return (loss, dloss_dw2, dloss_dw1) as plain numbers.
    """
    raise NotImplementedError("fnn_check_result() is still to be written")


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
