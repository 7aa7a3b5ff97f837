import torch


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1, y = torch.as_tensor(x1, device=device), torch.as_tensor(y, device=device)
    w1 = torch.asarray(w1, device=device, requires_grad=True)
    w2 = torch.asarray(w2, device=device).requires_grad_()
    y_hat = torch.sigmoid(torch.relu(x1 * w1) * w2)
    loss = (y_hat - y) ** 2
    loss.backward()
    dloss_dw2 = torch.as_tensor(w2.grad, device="cpu").numpy()
    dloss_dw1 = torch.asarray(w1.grad, device=torch.device("cpu")).numpy()
    return loss.detach().numpy(force=True), dloss_dw2, dloss_dw1
