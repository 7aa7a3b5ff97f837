import torch


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    W1 = torch.tensor(w1, requires_grad=True, device=device)
    W2 = torch.tensor(w2, requires_grad=True, device=device)

    m1 = x1 * W1
    r = torch.relu(m1)
    m2 = r * W2
    y_hat = torch.sigmoid(m2)
    s = y_hat - y
    loss = s ** 2
    loss.backward()

    dloss_dw2 = W1.grad.item()
    dloss_dw1 = W1.grad.item()
    print(loss, dloss_dw2, dloss_dw1)
    return loss.item(), dloss_dw2, dloss_dw1
