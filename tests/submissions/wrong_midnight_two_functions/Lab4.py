import torch, math

# TODO clean up before handing in!!!

def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 + w1
    print("m1", m1)
    if m1 > 0:
        r = m1
    else:
        r = 0
    m2 = r * w2
    print("m2", m2)
    y_hat = 1 / (1 + math.exp(-m2))
    s = y_hat - y
    loss = s ** 2
    print("loss", loss)
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": loss}

def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1 = torch.tensor(x1)
    y = torch.tensor(y)
    w1 = torch.tensor(w1, requires_grad=True)
    w2 = torch.tensor(w2, requires_grad=True)
    r = torch.relu(x1 * w1)
    y_hat = torch.sigmoid(r * w2)
    loss = (y_hat - y) ** 2
    print("before", w1.grad, w2.grad)
    loss.backward()
    print("after", w1.grad, w2.grad)
    # one step, lab says lr = 0.01
    return loss.item(), 0.01 * w2.grad.item(), 0.01 * w1.grad.item()
