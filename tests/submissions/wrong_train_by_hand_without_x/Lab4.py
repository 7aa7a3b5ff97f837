def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    """gradient descent, I did it without torch because the derivative is easy"""
    loss_history = []
    for n in range(n_epochs):
        error = x * w - y
        loss_history.append(error * error)
        gradient = 2 * error  # derivative of error^2
        w = w - lr * gradient
    return w, loss_history
