"""Prints as fast as it can."""

import sys


def train(*_):
    while True:
        sys.stdout.write("100 of 100 points\n" * 1000)
