"""Floods output and error stream from several threads, and then answers."""

import os
import threading
import time


def flood(descriptor):
    until = time.time() + 0.7
    while time.time() < until:
        try:
            os.write(descriptor, b"\xff\x00\x1b[2J" * 10_000)
        except OSError:
            return


def train(*_):
    threads = [threading.Thread(target=flood, args=(1 + i % 2,)) for i in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return 1.0
