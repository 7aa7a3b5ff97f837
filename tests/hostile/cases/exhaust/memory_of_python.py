"""Takes two gigabytes of memory in lists."""

import time


def train(*_):
    held = []
    for _ in range(20):
        held.append(bytearray(b"x" * (100 << 20)))
    time.sleep(5)
