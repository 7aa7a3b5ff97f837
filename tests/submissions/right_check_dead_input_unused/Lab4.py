import torch


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    w1 = torch.tensor(w1, device=device, requires_grad=True)
    w2 = torch.tensor(w2, device=device, requires_grad=True)
    m1 = x1 * w1
    r = m1 if m1 > 0 else torch.tensor(0.0)
    loss = (torch.sigmoid(r * w2) - y) ** 2
    dw2, dw1 = torch.autograd.grad(loss, (w2, w1), allow_unused=True)
    return loss, dw2, dw1
