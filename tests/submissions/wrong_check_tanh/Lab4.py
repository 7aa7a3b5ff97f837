import torch
from torch import nn


class FNN(nn.Module):
    def __init__(self, w1, w2):
        super().__init__()
        self.w1 = nn.Parameter(torch.tensor(w1))
        self.w2 = nn.Parameter(torch.tensor(w2))
        self.act1 = nn.ReLU()
        self.act2 = nn.Tanh()

    def forward(self, x):
        return self.act2(self.act1(x * self.w1) * self.w2)


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    net = FNN(w1, w2).to(device)
    loss = nn.MSELoss()(net(torch.tensor(x1, device=device)), torch.tensor(y, device=device))
    loss.backward()
    return loss.item(), net.w2.grad.item(), net.w1.grad.item()
