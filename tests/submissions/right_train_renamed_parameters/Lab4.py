import torch


def train(feature, label, weight, step_size, num_iters):
    weight = torch.tensor(weight, requires_grad=True)
    losses = []
    for _ in range(num_iters):
        loss = (feature * weight - label) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            weight -= step_size * weight.grad
        weight.grad.zero_()
    return weight.item(), losses
