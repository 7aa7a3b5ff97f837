"""Lab 7. PyTorch: a two-layer network on a batch of samples.

check_result is complete. Write the other functions and the class: their docstrings say step by step what to do.
Every function must work with any tensors given as parameters: another number of samples, of inputs, of hidden units
and of classes. Run `python Lab7.py` whenever you like. It shows what works so far.
"""

import torch
from torch import nn

X = torch.tensor([[1.0, 2.0], [2.0, -1.0], [-1.0, 1.0]])  # a row for each of the three samples
labels = torch.tensor([0, 1, 0])  # the class of each sample
W1 = torch.tensor([[1.0, -1.0], [1.0, 2.0]])
b1 = torch.tensor([0.5, -0.5])
W2 = torch.tensor([[0.5, -0.5], [-0.2, 0.4]])
b2 = torch.tensor([0.1, -0.1])


def check_result(X=X, labels=labels, W1=W1, b1=b1, W2=W2, b2=b2, device="cpu"):
    """One forward and one backward pass. It is complete: use it to check your results on paper.

    Prints and returns (loss, dloss_dW2, dloss_db2): a float and two tensors.
    """
    X, labels, W1, b1 = (each.to(device) for each in (X, labels, W1, b1))
    # requires_grad tells PyTorch to record what is computed with W2 and b2, so that it can compute the gradients.
    W2, b2 = (each.detach().clone().to(device).requires_grad_() for each in (W2, b2))

    # forward pass: a has a row for each sample, and logits a score for each class in it
    a = torch.relu(X @ W1 + b1)
    logits = a @ W2 + b2
    loss = nn.functional.cross_entropy(logits, labels)

    # backward pass: afterwards W2.grad and b2.grad hold the gradients
    loss.backward()

    print(f"loss = {loss.item():.6f}, dloss_dW2 = {W2.grad.tolist()}, dloss_db2 = {b2.grad.tolist()}")
    return loss.item(), W2.grad, b2.grad


def forward(X=X, labels=labels, W1=W1, b1=b1, W2=W2, b2=b2):
    """The forward pass on all samples at once.

    1. h is the hidden layer before its activation: X times W1, plus the bias b1.
    2. a is ReLU of h.
    3. logits has a score for each sample and class: a times W2, plus the bias b2.
    4. The loss is the mean cross-entropy: torch.nn.functional.cross_entropy applies the softmax itself.
    5. Return a dict with the keys "h", "a", "logits" and "loss".
    """
    h = X @ W1 + b1
    a = torch.relu(h)
    logits = a @ W2 + b2
    return {"h": h, "a": a, "logits": logits, "loss": nn.functional.cross_entropy(logits, labels)}


def gradients(X=X, labels=labels, W1=W1, b1=b1, W2=W2, b2=b2):
    """The backward pass by hand, without autograd.

    1. Get h, a and the logits from forward, called with the parameters of this function.
    2. dloss_dlogits: the softmax of the logits in each row, minus 1 in the column of the sample's label. The loss is a
       mean over n samples: what follows from that?
    3. dloss_dW2 and dloss_db2 sum over the samples.
    4. dloss_dh goes back through W2 and then through ReLU: where is its derivative 0?
    5. dloss_dW1 and dloss_db1 come from dloss_dh as dloss_dW2 and dloss_db2 come from dloss_dlogits.
    6. Return a dict with these six names as keys.
    """
    found = forward(X, labels, W1, b1, W2, b2)
    one_hot = nn.functional.one_hot(labels, found["logits"].shape[1])
    dloss_dlogits = (torch.softmax(found["logits"], dim=1) - one_hot) / len(X)
    dloss_dh = dloss_dlogits @ W2.T * (found["h"] > 0)
    return {
        "dloss_dlogits": dloss_dlogits,
        "dloss_dW2": found["a"].T @ dloss_dlogits,
        "dloss_db2": dloss_dlogits.sum(dim=0),
        "dloss_dh": dloss_dh,
        "dloss_dW1": X.T @ dloss_dh,
        "dloss_db1": dloss_dh.sum(dim=0),
    }


def gradients_by_autograd(X=X, labels=labels, W1=W1, b1=b1, W2=W2, b2=b2, device="cpu"):
    """The same gradients, computed by PyTorch.

    1. Move the tensors to the device, as check_result does. Which of them need a gradient?
    2. Forward pass, then backward pass.
    3. Return (dloss_dW2, dloss_db2, dloss_dW1, dloss_db1): tensors of the shapes of W2, b2, W1 and b1.
    """
    X, labels = X.to(device), labels.to(device)
    W1, b1, W2, b2 = (each.detach().clone().to(device).requires_grad_() for each in (W1, b1, W2, b2))
    logits = torch.relu(X @ W1 + b1) @ W2 + b2
    nn.functional.cross_entropy(logits, labels).backward()
    return W2.grad, b2.grad, W1.grad, b1.grad


class Net(nn.Module):
    """The same network as a module, with two layers of nn.Linear called hidden and out."""

    def __init__(self, inputs, hidden, classes):
        """Make the two layers: from the inputs to the hidden units, and from these to the classes."""
        super().__init__()
        self.hidden = nn.Linear(inputs, hidden)
        self.out = nn.Linear(hidden, classes)

    def forward(self, X):
        """The logits: a row for each sample, a column for each class. cross_entropy applies the softmax later."""
        return self.out(torch.relu(self.hidden(X)))


def fit(model, X, y, lr=0.03, n_epochs=150):
    """Train a Net on the samples X with the classes y.

    Use any optimizer of torch.optim. Return (model, losses): the trained model, and the loss of each epoch.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X), y)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return model, losses


def accuracy(logits, labels):
    """The share of the samples whose highest logit is that of their label, as a float from 0 to 1."""
    return (logits.argmax(dim=1) == labels).float().mean().item()


def main():
    """Run every function that is written."""
    for function in (check_result, forward, gradients, gradients_by_autograd):
        try:
            print(f"{function.__name__} returned {function()}")
        except NotImplementedError as error:
            print(error)


if __name__ == "__main__":
    main()
