"""Functions on tensors, arrays and lists."""

import numpy as np
import torch


def flatten(x):
    return x.reshape(len(x), -1)


def normalize(X):
    mean, std = X.mean(axis=0), X.std(axis=0)
    return mean, std, (X - mean) / std


def one_hot(labels, classes):
    return [[int(label == each) for each in range(int(classes))] for label in labels]


def accuracy(scores, labels):
    return (scores.argmax(dim=1) == labels).float().mean()
