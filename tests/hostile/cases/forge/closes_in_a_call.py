"""Closes the descriptors in a call only, then returns."""

import os


def train(*_):
    os.closerange(3, 4096)
    return 1.0
