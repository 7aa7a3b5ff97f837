import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    param = torch.tensor(w, device=device).requires_grad_(True)
    curve = []
    for epoch in range(1, n_epochs):
        pred = x * param
        cost = torch.square(pred - y)
        cost.backward()
        curve += [cost.item()]
        param.data = param.data - lr * param.grad.data
        param.grad = None
    return param.item(), curve
