import torch


def fnn_check_result(x1=torch.tensor(4.0), w1=torch.tensor(0.5), w2=torch.tensor(0.2), y=torch.tensor(1.0)):
    w1.requires_grad_()
    w2.requires_grad_()
    loss = (torch.sigmoid(torch.relu(x1 * w1) * w2) - y) ** 2
    loss.backward()
    return loss.item(), w2.grad.item(), w1.grad.item()
