import torch
from torch import nn

class Model(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(w))
    def forward(self, x):
        return self.w * x

def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    model = Model(w).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        loss = (model(x) - y) ** 2
        loss.backward()
        optimizer.step()
    return model.w.item(), loss.item()
