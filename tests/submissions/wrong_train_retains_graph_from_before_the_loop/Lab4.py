import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor(w, device=device, requires_grad=True)
    y_hat = x * w
    s = y_hat - y
    loss = s ** 2
    losses = []
    for epoch in range(n_epochs):
        loss.backward(retain_graph=True)  # pytorch said I need retain_graph
        losses.append(loss.item())
        w.data -= lr * w.grad
        w.grad.zero_()
    return w.item(), losses
