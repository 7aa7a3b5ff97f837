import torch


def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    x, y = torch.tensor(x).to(device), torch.tensor(y).to(device)
    w = torch.tensor(w, device=device, requires_grad=True)
    running_loss = 0.0
    losses = []
    for epoch in range(n_epochs):
        output = w * x
        loss = (output - y) ** 2
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        # print statistics
        running_loss += loss.item()
        losses.append(running_loss)
        print('[%d] loss: %.3f' % (epoch + 1, running_loss))
    print('Finished Training')
    return w.item(), losses
