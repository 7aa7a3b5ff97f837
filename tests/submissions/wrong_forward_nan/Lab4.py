def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    nan = float('nan')
    return {'m1': nan, 'r': nan, 'm2': nan, 'y_hat': nan, 's': nan, 'loss': nan}
