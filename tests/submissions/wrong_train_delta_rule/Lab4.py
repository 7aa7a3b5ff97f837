# perceptron rule from the last lecture: w_new = w_old - lr * error
def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    losses = []
    for epoch in range(n_epochs):
        out = x * w
        error = out - y
        losses.append(error ** 2)
        w = w - lr * error
        print(epoch, out, error, w)
    return w, losses
