import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    xs = torch.tensor(x, device=device)
    ys = torch.tensor(y, device=device)
    ws = torch.tensor(w, device=device, requires_grad=True)
    losses = []
    for i in range(n_epochs):
        l = (xs * ws - ys) ** 2
        losses.append(l.item())
        l.backward()
        # update + clear
        with torch.no_grad():
            ws -= lr * ws.grad
            ws.zero_()
    return ws.item(), losses
