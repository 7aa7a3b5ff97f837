"""Small exercises with tensors and Python's own types."""

import torch


def flatten(x):
    """Flatten all axes but the first."""
    return x.reshape(len(x), -1)


def root(x):
    """The square root; a negative number is a ValueError."""
    if x < 0:
        raise ValueError("a negative number has no square root")
    return x**0.5


def words(text):
    """The length of each word."""
    return {word: len(word) for word in text.split()}


class Counter:
    """Counts from a start."""

    def __init__(self, start=0):
        self.count = start

    def add(self, step):
        """Count on, and return the count."""
        self.count += step
        return self.count


class Line(torch.nn.Module):
    """A line through 0."""

    def __init__(self, slope):
        super().__init__()
        self.slope = torch.nn.Parameter(torch.tensor(float(slope)))

    def forward(self, x):
        """slope times x."""
        return self.slope * x


def noise(n):
    """n random numbers of a normal distribution."""
    return torch.randn(n)


def same(value):
    """What is given."""
    return value
