import math
import torch

# Lab 4
# I wrote small helper functions inside the functions


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)
    loss = (x * w - y) ** 2
    loss.backward()
    print("loss", loss.item(), "dloss_dw", w.grad.item())
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    def to_tensor(number, needs_grad=False):
        return torch.tensor(float(number), device=device, requires_grad=needs_grad)

    def forward():
        return xt * wt

    def squared_error(y_pred):
        return (y_pred - yt) ** 2

    def update():
        wt.data = wt.data - lr * wt.grad

    xt = to_tensor(x)
    yt = to_tensor(y)
    wt = to_tensor(w, needs_grad=True)
    all_losses = []
    epoch = 0
    while epoch < n_epochs:
        y_pred = forward()
        loss = squared_error(y_pred)
        all_losses.append(loss.item())
        loss.backward()
        update()
        wt.grad = None
        epoch += 1
    return wt.item(), all_losses


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    def relu(z):
        return z if z > 0 else 0.0

    def sigmoid(z):
        return math.pow(1 + math.exp(-z), -1)

    def square(z):
        return math.pow(z, 2)

    node = dict()
    node["m1"] = x1 * w1
    node["r"] = relu(node["m1"])
    node["m2"] = node["r"] * w2
    node["y_hat"] = sigmoid(node["m2"])
    node["s"] = node["y_hat"] - y
    node["loss"] = square(node["s"])
    return node


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    def relu_prime(z):
        if z > 0:
            return 1.0
        return 0.0

    def sigmoid_prime(z):
        sig = 1 / (1 + math.exp(-z))
        return sig * (1 - sig)

    def chain(*factors):
        total = 1.0
        for factor in factors:
            total *= factor
        return total

    node = fnn_forward(x1=x1, w1=w1, w2=w2, y=y)
    d = {}
    d["dloss_ds"] = 2 * node["s"]
    d["ds_dy_hat"] = 1.0
    d["dy_hat_dm2"] = sigmoid_prime(node["m2"])
    d["dm2_dw2"] = node["r"]
    d["dm2_dr"] = w2
    d["dr_dm1"] = relu_prime(node["m1"])
    d["dm1_dw1"] = x1
    until_m2 = chain(d["dloss_ds"], d["ds_dy_hat"], d["dy_hat_dm2"])
    d["dloss_dw2"] = chain(until_m2, d["dm2_dw2"])
    d["dloss_dw1"] = chain(until_m2, d["dm2_dr"], d["dr_dm1"], d["dm1_dw1"])
    return d


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    def to_tensor(number):
        return torch.tensor(float(number), device=device)

    def forward(inp, a, b):
        hidden = torch.clamp(inp * a, min=0.0)
        return torch.sigmoid(hidden * b)

    def squared_error(y_pred, y_true):
        return torch.pow(y_pred - y_true, 2)

    inp = to_tensor(x1)
    y_true = to_tensor(y)
    a = to_tensor(w1).requires_grad_(True)
    b = to_tensor(w2).requires_grad_(True)
    y_pred = forward(inp, a, b)
    loss = squared_error(y_pred, y_true)
    loss.backward()
    return loss.item(), b.grad.item(), a.grad.item()


if __name__ == "__main__":
    check_result()
    print(train())
    print(fnn_forward())
    print(fnn_gradients())
    print(fnn_check_result())
