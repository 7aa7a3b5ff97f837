import torch

def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor(float(w), requires_grad=True, device=device)
    all_losses = []
    epoch = 0
    while epoch <= n_epochs:
        loss = (w * x - y) ** 2
        all_losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
            w.grad.zero_()
        epoch += 1
    return w.item(), all_losses
