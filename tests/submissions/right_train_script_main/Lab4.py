import math

import torch

if __name__ == "__main__":
    def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
        x = torch.tensor(float(x), device=device)
        y = torch.tensor(float(y), device=device)
        w = torch.tensor(float(w), device=device, requires_grad=True)
        losses = []
        for _ in range(n_epochs):
            loss = (x * w - y) ** 2
            losses.append(loss.item())
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
            w.grad.zero_()
        return w.item(), losses

    def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
        m1 = x1 * w1
        r = max(m1, 0.0)
        m2 = r * w2
        y_hat = 1 / (1 + math.exp(-m2))
        s = y_hat - y
        loss = s ** 2
        return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": loss}

    print(train())
