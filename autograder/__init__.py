"""Grades labs in which students work out values and gradients by hand and check them with PyTorch."""

__version__ = "0.1.0"
