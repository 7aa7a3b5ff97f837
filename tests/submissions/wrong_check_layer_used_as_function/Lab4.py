import torch
import torch.nn as nn

def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1 = torch.tensor(float(x1), device=device)
    y = torch.tensor(float(y), device=device)
    w1 = torch.tensor(float(w1), device=device, requires_grad=True)
    w2 = torch.tensor(float(w2), device=device, requires_grad=True)
    loss = (torch.sigmoid(nn.ReLU(x1 * w1) * w2) - y) ** 2
    loss.backward()
    return loss.item(), w2.grad.item(), w1.grad.item()
