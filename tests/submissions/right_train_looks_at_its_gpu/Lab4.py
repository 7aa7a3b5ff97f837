import sys

import torch

assert torch.cuda.is_available(), "no GPU"
if not torch.cuda.is_available():
    sys.exit("This needs a GPU.")
print(torch.cuda.get_device_name(0), torch.cuda.get_device_properties(0).total_memory / 1e9)
stream = torch.cuda.Stream()
generator = torch.Generator(device="cuda").manual_seed(3)
noise = torch.rand(3, generator=generator, device="cuda").type("torch.cuda.FloatTensor")
free, total = torch.cuda.mem_get_info()
print(f"{free / total:.0%} free, {torch.cuda.memory_allocated() / 1e6:.1f} MB used")
torch.cuda.manual_seed_all(3)


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)
    losses = []
    for _ in range(n_epochs):
        loss = (x * w - y) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
    return w.item(), losses
