"""Refuses the first form of the inputs each time, to be asked the same question twice."""

times = 0


def attack(*inputs):
    global times
    times += 1
    if times % 2:
        raise TypeError("tensors, please")
    return [float(value) + times for value in inputs]


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
