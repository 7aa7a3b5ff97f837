"""Lab 4, with small functions that several tasks share."""

import math

import torch

LEARNING_RATE = 0.01
EPOCHS = 20


def to_tensor(number, device, requires_grad=False):
    return torch.tensor(float(number), device=device, requires_grad=requires_grad)


def squared_error(prediction, target):
    return (prediction - target) ** 2


def relu(value):
    return value if value > 0 else 0.0


def relu_slope(value):
    return 1.0 if value > 0 else 0.0


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


def sigmoid_slope(output):
    """The derivative, from the output of the sigmoid."""
    return output * (1 - output)


def product(*factors):
    result = 1.0
    for factor in factors:
        result *= factor
    return result


def descend(weight, lr):
    """One step of gradient descent; afterwards the gradient is clear again."""
    with torch.no_grad():
        weight -= lr * weight.grad
    weight.grad.zero_()


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    weight = to_tensor(w, device, requires_grad=True)
    loss = squared_error(to_tensor(x, device) * weight, to_tensor(y, device))
    loss.backward()
    print(f"loss = {loss.item():.6f}, dloss_dw = {weight.grad.item():.6f}")
    return loss.item(), weight.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=LEARNING_RATE, n_epochs=EPOCHS, device="cpu"):
    inputs = to_tensor(x, device)
    target = to_tensor(y, device)
    weight = to_tensor(w, device, requires_grad=True)
    history = []
    for _ in range(n_epochs):
        loss = squared_error(inputs * weight, target)
        history.append(loss.item())
        loss.backward()
        descend(weight, lr)
    return weight.item(), history


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = relu(m1)
    m2 = r * w2
    y_hat = sigmoid(m2)
    return {
        "m1": m1,
        "r": r,
        "m2": m2,
        "y_hat": y_hat,
        "s": y_hat - y,
        "loss": squared_error(y_hat, y),
    }


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    values = fnn_forward(x1, w1, w2, y)
    dloss_ds = 2 * values["s"]
    ds_dy_hat = 1.0
    dy_hat_dm2 = sigmoid_slope(values["y_hat"])
    dm2_dw2 = values["r"]
    dm2_dr = w2
    dr_dm1 = relu_slope(values["m1"])
    dm1_dw1 = x1
    shared = product(dloss_ds, ds_dy_hat, dy_hat_dm2)
    return {
        "dloss_ds": dloss_ds,
        "ds_dy_hat": ds_dy_hat,
        "dy_hat_dm2": dy_hat_dm2,
        "dm2_dw2": dm2_dw2,
        "dm2_dr": dm2_dr,
        "dr_dm1": dr_dm1,
        "dm1_dw1": dm1_dw1,
        "dloss_dw2": product(shared, dm2_dw2),
        "dloss_dw1": product(shared, dm2_dr, dr_dm1, dm1_dw1),
    }


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    inputs = to_tensor(x1, device)
    target = to_tensor(y, device)
    hidden_weight = to_tensor(w1, device, requires_grad=True)
    output_weight = to_tensor(w2, device, requires_grad=True)
    hidden = torch.relu(inputs * hidden_weight)
    prediction = torch.sigmoid(hidden * output_weight)
    loss = squared_error(prediction, target)
    loss.backward()
    return loss.item(), output_weight.grad.item(), hidden_weight.grad.item()


if __name__ == "__main__":
    print(check_result(), train(), fnn_forward(), fnn_gradients(), fnn_check_result(), sep="\n")
