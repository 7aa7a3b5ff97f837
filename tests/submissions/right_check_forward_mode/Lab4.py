import torch
from torch.func import jvp


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1, w1, w2, y = (torch.tensor(each, device=device) for each in (x1, w1, w2, y))

    def loss(w1, w2):
        return (torch.sigmoid(torch.relu(x1 * w1) * w2) - y) ** 2

    one = torch.ones_like(w1)
    value, dloss_dw1 = jvp(lambda w: loss(w, w2), (w1,), (one,))
    _, dloss_dw2 = jvp(lambda w: loss(w1, w), (w2,), (one,))
    return value, dloss_dw2, dloss_dw1
