"""Lab 4: the computation graph as a class."""

import math

import torch


class Graph:
    """Remembers the value of every node by its name."""

    def __init__(self, **inputs):
        self.values = dict(inputs)

    def __getitem__(self, name):
        return self.values[name]

    def add(self, name, value):
        self.values[name] = value
        return value

    def select(self, *names):
        return {name: self.values[name] for name in names}


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    w = torch.tensor(float(w), device=device, requires_grad=True)
    g = Graph(x=torch.tensor(float(x), device=device), y=torch.tensor(float(y), device=device), w=w)
    g.add("y_hat", g["x"] * g["w"])
    g.add("s", g["y_hat"] - g["y"])
    g.add("loss", g["s"] ** 2)
    g["loss"].backward()
    print({name: value.item() for name, value in g.values.items()}, w.grad.item())
    return g["loss"].item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x, y = torch.tensor(float(x), device=device), torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)
    losses = [0.0] * n_epochs
    for i in range(n_epochs):
        w.grad = None
        g = Graph(x=x, y=y, w=w)
        g.add("y_hat", g["x"] * g["w"])
        g.add("s", g["y_hat"] - g["y"])
        g.add("loss", g["s"] ** 2)
        losses[i] = g["loss"].item()
        g["loss"].backward()
        w.data -= lr * w.grad
    return w.item(), losses


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    g = Graph(x1=x1, w1=w1, w2=w2, y=y)
    g.add("m1", g["x1"] * g["w1"])
    g.add("r", max(g["m1"], 0.0))
    g.add("m2", g["r"] * g["w2"])
    g.add("y_hat", 1.0 / (1.0 + math.exp(-g["m2"])))
    g.add("s", g["y_hat"] - g["y"])
    g.add("loss", g["s"] ** 2)
    return g.select("m1", "r", "m2", "y_hat", "s", "loss")


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    g = Graph(x1=x1, w1=w1, w2=w2, y=y, **fnn_forward(x1, w1, w2, y))
    d = Graph()
    d.add("dloss_ds", 2 * g["s"])
    d.add("ds_dy_hat", 1.0)
    d.add("dy_hat_dm2", g["y_hat"] * (1.0 - g["y_hat"]))
    d.add("dm2_dw2", g["r"])
    d.add("dm2_dr", g["w2"])
    d.add("dr_dm1", 1.0 if g["m1"] > 0 else 0.0)
    d.add("dm1_dw1", g["x1"])
    upstream = 1.0
    for name in ("dloss_ds", "ds_dy_hat", "dy_hat_dm2"):
        upstream *= d[name]
    d.add("dloss_dw2", upstream * d["dm2_dw2"])
    for name in ("dm2_dr", "dr_dm1", "dm1_dw1"):
        upstream *= d[name]
    d.add("dloss_dw1", upstream)
    return d.values


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1, y = torch.tensor(float(x1), device=device), torch.tensor(float(y), device=device)
    w1, w2 = (torch.tensor(float(v), device=device).requires_grad_() for v in (w1, w2))
    g = Graph(x1=x1, w1=w1, w2=w2, y=y)
    g.add("m1", g["x1"] * g["w1"])
    g.add("r", torch.relu(g["m1"]))
    g.add("m2", g["r"] * g["w2"])
    g.add("y_hat", torch.sigmoid(g["m2"]))
    g.add("s", g["y_hat"] - g["y"])
    g.add("loss", g["s"] ** 2)
    g["loss"].backward()
    return tuple(t.item() for t in (g["loss"], w2.grad, w1.grad))


if __name__ == "__main__":
    print(check_result())
    print(train())
    print(fnn_forward(), fnn_gradients(), fnn_check_result())
