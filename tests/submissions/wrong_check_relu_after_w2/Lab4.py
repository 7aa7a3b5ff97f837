import torch


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    t = lambda v, g=False: torch.tensor(v, dtype=torch.float32, device=device, requires_grad=g)
    X, Y, A, B = t(x1), t(y), t(w1, True), t(w2, True)
    hidden = X * A
    out = torch.relu(hidden * B).sigmoid()
    L = (out - Y).pow(2)
    L.backward()
    return L.item(), B.grad.item(), A.grad.item()
