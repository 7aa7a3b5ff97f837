import torch


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1, y = torch.tensor([x1]), torch.tensor([y])
    x1.to(device)
    y.to(device)
    w1 = torch.tensor([w1], device=device, requires_grad=True)
    w2 = torch.tensor([w2], device=device, requires_grad=True)
    y_hat = torch.sigmoid(torch.relu(x1 * w1) * w2)
    loss = (y_hat - y) ** 2
    loss.backward()
    return loss.item(), w2.grad.item(), w1.grad.item()
