import torch


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    w = torch.tensor([w], requires_grad=True, device=device)
    loss = ((x * w - y) ** 2).sum()
    return {"dloss_dw": torch.autograd.grad(loss, w, retain_graph=True)[0], "loss": loss}
