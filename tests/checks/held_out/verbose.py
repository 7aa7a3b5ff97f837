"""Lab 4. PyTorch: computation graphs and autograd."""

import math

import torch


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    """One forward and one backward pass of task 1. It is complete: use it to check your results on paper.

    Prints and returns (loss, dloss_dw) as two floats.
    """
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
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
    """Train the weight w of task 1 by gradient descent."""
    # step 1: make the tensors
    x_tensor = torch.tensor(float(x), device=device)
    y_tensor = torch.tensor(float(y), device=device)
    w_tensor = torch.tensor(float(w), device=device, requires_grad=True)

    # step 2: empty list
    losses = []

    # step 3: the loop
    for epoch in range(n_epochs):
        # a. forward pass
        prediction = x_tensor * w_tensor
        difference = prediction - y_tensor
        loss = difference ** 2

        # b. remember the loss
        loss_number = loss.item()
        losses.append(loss_number)

        # c. backward pass
        loss.backward()
        gradient = w_tensor.grad

        # d. update the weight
        with torch.no_grad():
            step = lr * gradient
            w_tensor -= step

        # e. clear the gradient
        w_tensor.grad.zero_()

    # step 4: return the results
    final_weight = w_tensor.item()
    return final_weight, losses


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    """The forward pass of task 2 in plain Python arithmetic, without PyTorch."""
    # hidden layer
    m1 = x1 * w1

    # ReLU
    if m1 > 0:
        r = m1
    else:
        r = 0.0

    # output layer
    m2 = r * w2

    # sigmoid
    exponential = math.exp(-m2)
    denominator = 1 + exponential
    y_hat = 1 / denominator

    # loss
    s = y_hat - y
    loss = s ** 2

    results = {}
    results["m1"] = m1
    results["r"] = r
    results["m2"] = m2
    results["y_hat"] = y_hat
    results["s"] = s
    results["loss"] = loss
    return results


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    """The backward pass of task 2 by hand: the chain rule in plain Python arithmetic, without autograd."""
    # get the values of the nodes
    forward_results = fnn_forward(x1, w1, w2, y)
    m1 = forward_results["m1"]
    r = forward_results["r"]
    y_hat = forward_results["y_hat"]
    s = forward_results["s"]

    # loss = s^2
    dloss_ds = 2 * s

    # s = y_hat - y
    ds_dy_hat = 1

    # y_hat = sigmoid(m2)
    dy_hat_dm2 = y_hat * (1 - y_hat)

    # m2 = r * w2
    dm2_dw2 = r
    dm2_dr = w2

    # r = ReLU(m1)
    if m1 > 0:
        dr_dm1 = 1
    else:
        dr_dm1 = 0

    # m1 = x1 * w1
    dm1_dw1 = x1

    # chain rule to w2
    dloss_dw2 = dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dw2

    # chain rule to w1
    dloss_dw1 = dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dr * dr_dm1 * dm1_dw1

    gradients = {
        "dloss_ds": dloss_ds,
        "ds_dy_hat": ds_dy_hat,
        "dy_hat_dm2": dy_hat_dm2,
        "dm2_dw2": dm2_dw2,
        "dm2_dr": dm2_dr,
        "dr_dm1": dr_dm1,
        "dm1_dw1": dm1_dw1,
        "dloss_dw2": dloss_dw2,
        "dloss_dw1": dloss_dw1,
    }
    return gradients


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    """The same gradients as fnn_gradients, this time computed with PyTorch's autograd."""
    # tensors
    x1_tensor = torch.tensor(float(x1), device=device)
    y_tensor = torch.tensor(float(y), device=device)
    w1_tensor = torch.tensor(float(w1), device=device, requires_grad=True)
    w2_tensor = torch.tensor(float(w2), device=device, requires_grad=True)

    # forward pass
    m1 = x1_tensor * w1_tensor
    r = torch.relu(m1)
    m2 = r * w2_tensor
    y_hat = torch.sigmoid(m2)
    s = y_hat - y_tensor
    loss = s ** 2

    # backward pass
    loss.backward()

    # results as plain numbers
    loss_number = loss.item()
    dloss_dw2 = w2_tensor.grad.item()
    dloss_dw1 = w1_tensor.grad.item()
    return loss_number, dloss_dw2, dloss_dw1


if __name__ == "__main__":
    print("check_result:", check_result())
    print("train:", train())
    print("fnn_forward:", fnn_forward())
    print("fnn_gradients:", fnn_gradients())
    print("fnn_check_result:", fnn_check_result())
