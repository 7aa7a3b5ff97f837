import matplotlib.pyplot as plt
import torch
from matplotlib.ticker import FuncFormatter


class Percent(FuncFormatter):
    def __init__(self):
        super().__init__(lambda value, place: f'{value:.0%}')


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9, 3))
    line, = left.plot([], [], label='loss')
    counts, edges, patches = middle.hist([1, 2, 3], bins=3)
    low, high = right.get_ylim()
    right.set_title(f'{(high - low) / 2:.2f} {plt.rcParams["font.size"]}')
    right.yaxis.set_major_formatter(Percent())
    losses = []
    for _ in range(n_epochs):
        loss = (x * w - y) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
        line.set_data(range(len(losses)), losses)
        plt.pause(0.01)
    return w.item(), losses
