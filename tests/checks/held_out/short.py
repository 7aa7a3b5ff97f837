from math import exp, prod

import torch
from torch.autograd import grad


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    x, y, w = [torch.tensor(v, dtype=torch.double, device=device) for v in (x, y, w)]
    w.requires_grad_()
    l = (x * w - y) ** 2
    (g,) = grad(l, w)
    print(l.item(), g.item())
    return l.item(), g.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x, y, w = [torch.tensor(v, dtype=torch.double, device=device) for v in (x, y, w)]
    w.requires_grad_()
    h = []
    for _ in range(n_epochs):
        p = x * w
        l = (p - y) ** 2
        h.append(l.item())
        (g,) = grad(l, w)
        w = (w - lr * g).detach().requires_grad_()
    return w.item(), h


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    a = x1 * w1
    r = a * (a > 0)
    b = r * w2
    p = 1 / (1 + exp(-b))
    s = p - y
    l = s * s
    return dict(m1=a, r=r, m2=b, y_hat=p, s=s, loss=l)


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    f = fnn_forward(x1, w1, w2, y)
    a, r, b, p, s = [f[k] for k in ("m1", "r", "m2", "y_hat", "s")]
    d1, d2, d3 = 2 * s, 1, p * (1 - p)
    d4 = r
    d5, d6, d7 = w2, int(a > 0), x1
    g2 = prod([d1, d2, d3, d4])
    g1 = prod([d1, d2, d3, d5, d6, d7])
    k = "dloss_ds ds_dy_hat dy_hat_dm2 dm2_dw2 dm2_dr dr_dm1 dm1_dw1 dloss_dw2 dloss_dw1".split()
    return dict(zip(k, [d1, d2, d3, d4, d5, d6, d7, g2, g1]))


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x, u, v, t = [torch.tensor(n, dtype=torch.double, device=device) for n in (x1, w1, w2, y)]
    u.requires_grad_()
    v.requires_grad_()
    r = (x * u).relu()
    p = (r * v).sigmoid()
    l = (p - t) ** 2
    gu, gv = grad(l, (u, v))
    return l.item(), gv.item(), gu.item()


if __name__ == "__main__":
    print(check_result())
    print(*train(), sep="\n")
    print(fnn_forward(), fnn_gradients(), fnn_check_result(), sep="\n")
