"""Fills hundreds of pipes and socket pairs: memory of the kernel."""

import fcntl
import os


def train(*_):
    held = []
    for _ in range(200):
        read, write = os.pipe()
        os.set_blocking(write, False)
        try:
            fcntl.fcntl(write, 1031, 1 << 20)
            os.write(write, bytes(1 << 20))
        except OSError:
            pass
        held += [read, write]
    return 1.0
