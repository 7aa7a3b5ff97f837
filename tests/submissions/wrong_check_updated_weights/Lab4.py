import torch


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1 = torch.tensor(x1, device=device)
    y = torch.tensor(y, device=device)
    w1 = torch.tensor(w1, device=device, requires_grad=True)
    w2 = torch.tensor(w2, device=device, requires_grad=True)
    optimizer = torch.optim.SGD([w1, w2], lr=0.05)
    loss = (torch.sigmoid(torch.relu(x1 * w1) * w2) - y) ** 2
    loss.backward()
    optimizer.step()
    return loss.item(), w2.item(), w1.item()
