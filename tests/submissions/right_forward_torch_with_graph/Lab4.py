import torch


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    w1, w2 = (torch.tensor([v], requires_grad=True) for v in (w1, w2))
    m1 = x1 * w1
    r = torch.clamp(m1, min=0)
    m2 = r * w2
    y_hat = m2.sigmoid()
    s = y_hat - y
    return {'m1': m1, 'r': r, 'm2': m2, 'y_hat': y_hat, 's': s, 'loss': s ** 2}
