"""Solutions of small exercises from courses on programming, algorithms and machine learning."""

import math

import numpy as np
import torch


def distance(x1, y1, x2, y2):
    """The distance between two points."""
    return math.hypot(x2 - x1, y2 - y1)


class Solution:
    """Algorithms."""

    def pairs(self, numbers, total):
        """All pairs of different numbers with this sum, each in ascending order, in ascending order."""
        found = {(a, total - a) for a in numbers if total - a in numbers and a < total - a}
        return [list(pair) for pair in sorted(found)]


class LogisticRegression:
    """Logistic regression with labels of -1 and 1."""

    def __init__(self):
        """Start with no weights."""
        self.weight = None
        self.bias = 0.0

    def probability(self, X, y):
        """The probability of each sample's label."""
        return 1 / (1 + np.exp(-y * (self.bias + X @ self.weight)))

    def loss(self, X, y):
        """The mean negative logarithm of these probabilities."""
        return -np.log(self.probability(X, y)).mean()

    def gradient(self, X, y):
        """The gradient of the loss by the weights."""
        return ((self.probability(X, y) - 1) * y) @ X / len(y)

    def step(self, X, y, learning_rate):
        """One step of gradient descent on the weights."""
        self.weight = self.weight - learning_rate * self.gradient(X, y)


class ReLULayer(torch.nn.Module):
    """ReLU."""

    def forward(self, x):
        """Apply it."""
        return torch.clamp(x, min=0)


class MSELoss(torch.nn.Module):
    """The mean squared error."""

    def forward(self, prediction, target):
        """Compute it."""
        return ((prediction - target) ** 2).mean()


class Playlist:
    """Songs, one after the other."""

    def __init__(self):
        """Start empty."""
        self.songs = []
        self.current = None

    def add(self, title):
        """Add a song, which is then the current one."""
        self.songs.append(title)
        self.current = Song(title)

    def show(self):
        """Print the current song."""
        print(f"now: {self.current.title}")


class Song:
    """A song."""

    def __init__(self, title):
        """Give it a title."""
        self.title = title
