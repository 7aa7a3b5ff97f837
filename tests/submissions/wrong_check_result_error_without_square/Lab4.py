import torch


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    x = torch.tensor(x, dtype=torch.float32, device=device)
    y = torch.tensor(y, dtype=torch.float32, device=device)
    w = torch.tensor(w, dtype=torch.float32, device=device, requires_grad=True)
    # forward pass
    y_hat = x * w
    loss = y_hat - y  # shorter than before
    # backward pass
    loss.backward()
    print(f"y_hat = {y_hat.item():.6f}, loss = {loss.item():.6f}")
    print(f"dloss_dw = {w.grad.item():.6f}")
    return loss.item(), w.grad.item()
