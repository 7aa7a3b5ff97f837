import torch
from math import exp

# Lab 4

def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    x = torch.tensor(x, device=device)
    y = torch.tensor(y, device=device)
    w = torch.tensor(w, device=device, requires_grad=True)
    # forward pass
    y_hat = x * w
    loss = (y_hat - y)**2
    print(loss)
    # backward pass
    loss.backward()
    print(w.grad)
    return loss.item(), w.grad.item()


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    X = torch.tensor(x, dtype=torch.float32, device=device)
    Y = torch.tensor(y, dtype=torch.float32, device=device)
    w = torch.tensor(w, dtype=torch.float32, device=device, requires_grad=True)

    losses = []
    for epoch in range(n_epochs):
        # predict = forward pass
        y_pred = X * w

        # loss
        l = (y_pred - Y)**2
        losses.append(l.item())

        # gradients = backward pass
        l.backward()     # dl/dw

        # update weights
        with torch.no_grad():
            w -= lr * w.grad

        if epoch % 2 == 0:
            print(f'epoch {epoch+1}: w = {w:.3f}, loss = {l:.8f}')
            # goes down and then up again?? but the code looks like in the video

    return w.item(), losses


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1*w1
    r = max(0.0, m1)        # relu
    m2 = r*w2
    y_hat = 1/(1+exp(-m2))  # sigmoid
    s = y_hat-y
    loss = s**2
    print(m1, r, m2, y_hat, s, loss)
    return {'m1': m1, 'r': r, 'm2': m2, 'y_hat': y_hat, 's': s, 'loss': loss}


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1*w1
    r = max(0.0, m1)
    m2 = r*w2
    y_hat = 1/(1+exp(-m2))
    s = y_hat-y

    grads = {}
    grads['dloss_ds'] = 2*s
    grads['ds_dy_hat'] = 1
    grads['dy_hat_dm2'] = y_hat*(1-y_hat)   # sheet says m2*(1-m2), see correction in the template
    grads['dm2_dw2'] = r
    grads['dm2_dr'] = w2
    if m1 > 0:
        grads['dr_dm1'] = 1
    else:
        grads['dr_dm1'] = 0
    grads['dm1_dw1'] = x1

    grads['dloss_dw2'] = grads['dloss_ds']*grads['ds_dy_hat']*grads['dy_hat_dm2']*grads['dm2_dw2']
    grads['dloss_dw1'] = (grads['dloss_ds']*grads['ds_dy_hat']*grads['dy_hat_dm2']
                          *grads['dm2_dr']*grads['dr_dm1']*grads['dm1_dw1'])
    return grads


def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device="cpu"):
    x1 = torch.tensor(x1, device=device)
    y = torch.tensor(y, device=device)
    w1 = torch.tensor(w1, device=device, requires_grad=True)
    w2 = torch.tensor(w2, device=device, requires_grad=True)

    out = torch.sigmoid(torch.relu(x1*w1)*w2)
    loss = (out-y)**2
    loss.backward()
    print(loss, w1.grad, w2.grad)
    return loss.item(), w2.grad.item(), w1.grad.item()


if __name__ == "__main__":
    check_result()
    train()
    fnn_forward()
    print(fnn_gradients())
    fnn_check_result()
