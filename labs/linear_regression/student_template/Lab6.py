"""Lab 6. PyTorch: linear regression on a batch of samples.

check_result is complete. Write the other functions: their docstrings say step by step what to do.
Every function must work with any tensors given as parameters, and with any number of samples.
Run `python Lab6.py` whenever you like. It shows what works so far.
"""

import torch

X = torch.tensor([[1.0, 2.0], [3.0, 1.0], [-2.0, 4.0], [2.0, -1.0]])  # a row for each of the four samples
y = torch.tensor([1.0, 4.0, -4.0, 2.0])
w = torch.tensor([0.5, -1.0])
b = 1.0


def check_result(X=X, y=y, w=w, b=b, device="cpu"):
    """One forward and one backward pass. It is complete: use it to check your results on paper.

    Prints and returns (loss, dloss_dw, dloss_db): a float, a tensor of shape (2,), and a float.
    """
    X, y = X.to(device), y.to(device)
    # requires_grad tells PyTorch to record what is computed with w and b, so that it can compute the gradients.
    w = w.detach().clone().to(device).requires_grad_()
    b = torch.tensor(float(b), device=device, requires_grad=True)

    # forward pass: X @ w has one number for each sample, and b is added to each of them
    y_hat = X @ w + b
    loss = ((y_hat - y) ** 2).mean()

    # backward pass: afterwards w.grad and b.grad hold the gradients
    loss.backward()

    print(f"loss = {loss.item():.6f}, dloss_dw = {w.grad.tolist()}, dloss_db = {b.grad.item():.6f}")
    return loss.item(), w.grad, b.grad.item()


def forward(X=X, y=y, w=w, b=b):
    """The forward pass on all samples at once.

    1. z has one number for each sample: the product of its row of X with w.
    2. y_hat adds the bias b to each of them, and e = y_hat - y is the error of each sample.
    3. The loss is the mean of the squared errors.
    4. Return a dict with the keys "z", "y_hat", "e" and "loss".
    """
    raise NotImplementedError("forward() is still to be written")


def gradients(X=X, y=y, w=w, b=b):
    """The backward pass by hand, without autograd.

    1. Get the errors e from forward, called with the parameters of this function.
    2. dloss_de has one number for each sample. The loss is a mean over n samples: how much does one error change it?
    3. dloss_dw has one number for each weight: it sums, over the samples, dloss_de times that column of X.
    4. dloss_db sums dloss_de over the samples.
    5. Return a dict with these three names as keys.
    """
    raise NotImplementedError("gradients() is still to be written")


def train_by_hand(X=X, y=y, w=w, b=b, lr=0.05, n_epochs=20):
    """Train w and b by gradient descent, with your own gradients.

    1. Start an empty list for the losses.
    2. Repeat n_epochs times:
       a. call forward, and append the loss to the list, as a plain number (this is the loss before the update);
       b. call gradients, and only then update both w and b against their gradients, with the step size lr.
    3. Return (w, b, losses): the weights, the bias, and the list with one loss per epoch.
    """
    raise NotImplementedError("train_by_hand() is still to be written")


def train(X=X, y=y, w=w, b=b, lr=0.05, n_epochs=20, device="cpu"):
    """The same loop, in which PyTorch computes the gradients.

    1. Move the tensors to the device, as check_result does. Which of them need a gradient?
    2. In each epoch: forward pass, append the loss, backward pass, update outside of the graph (torch.no_grad()), and
       clear the gradients: PyTorch adds every new one to the one that is already there.
    3. Return (w, b, losses) as train_by_hand does.
    """
    raise NotImplementedError("train() is still to be written")


def train_with_optimizer(X=X, y=y, w=w, b=b, lr=0.05, n_epochs=20, device="cpu"):
    """The same loop once more, in which torch.optim.SGD makes the updates: zero_grad, backward, step.

    Return (w, b, losses) as train does.
    """
    raise NotImplementedError("train_with_optimizer() is still to be written")


def main():
    """Run every function that is written."""
    for function in (check_result, forward, gradients, train_by_hand, train, train_with_optimizer):
        try:
            print(f"{function.__name__} returned {function()}")
        except NotImplementedError as error:
            print(error)


if __name__ == "__main__":
    main()
