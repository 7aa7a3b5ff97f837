import torch
import torch.nn.functional as F


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1 = torch.tensor(x1, device=device)
    y = torch.tensor(y, device=device)
    w1 = torch.tensor(w1, device=device, requires_grad=True)
    w2 = torch.tensor(w2, device=device, requires_grad=True)
    y_hat = torch.sigmoid(F.relu(x1 * w1) * w2)
    loss = F.huber_loss(y_hat, y, delta=0.3)
    loss.backward()
    return loss.item(), w2.grad.item(), w1.grad.item()
