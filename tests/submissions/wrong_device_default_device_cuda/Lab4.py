import torch

torch.set_default_device("cuda")


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    w1 = torch.tensor(w1, requires_grad=True)
    w2 = torch.tensor(w2, requires_grad=True)
    y_hat = torch.sigmoid(torch.relu(x1 * w1) * w2)
    loss = (y_hat - y) ** 2
    loss.backward()
    return loss.item(), w2.grad.item(), w1.grad.item()
