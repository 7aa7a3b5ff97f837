import torch

def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    w = torch.tensor(w, requires_grad=True)
    losses = []
    for epoch in range(n_epochs):
        # forward
        y_hat = x * w
        loss = (y_hat - y)**2
        loss = torch.tensor(loss.item(), requires_grad=True)   # otherwise "can't convert"
        losses.append(loss.item())
        # backward
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
    return w.item(), losses
