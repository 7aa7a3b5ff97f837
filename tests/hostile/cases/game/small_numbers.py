"""Answers so small that an absolute tolerance might take them for right."""


def attack(*_):
    return dict.fromkeys("loss dloss_dw s y_hat m2 dloss_dw1 dloss_dw2".split(), 1e-9)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack


def train(*_):
    return 1e-9, [1e-9] * 20
