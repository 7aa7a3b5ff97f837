"""Returns a list and a tensor, and goes on changing them from a thread."""

import threading
import time

import torch

LIST, TENSOR = [0.0] * 20, torch.zeros(20)


def change():
    until = time.time() + 5
    while time.time() < until:
        for i in range(20):
            LIST[i] = TENSOR[i] = time.time()
        LIST.append(1.0)
        LIST.pop()


threading.Thread(target=change, daemon=True).start()


def attack(*_):
    return LIST


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack


def train(*_):
    return TENSOR[0], LIST
