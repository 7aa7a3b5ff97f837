import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x = torch.tensor(float(x), device=device)
    y = torch.tensor(float(y), device=device)
    w = torch.tensor(float(w), device=device, requires_grad=True)
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    torch.cuda.reset_peak_memory_stats()
    start.record()
    losses = []
    for _ in range(n_epochs):
        loss = (x * w - y) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
    end.record()
    torch.cuda.synchronize()
    print(f"{start.elapsed_time(end):.3f} ms, {torch.cuda.max_memory_allocated() / 1e6:.1f} MB")
    return w.item(), losses
