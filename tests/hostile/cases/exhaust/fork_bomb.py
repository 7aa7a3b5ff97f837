"""Every process starts two more, seven generations."""

import os
import time


def train(*_):
    for _ in range(7):
        try:
            os.fork()
        except OSError:
            break
    time.sleep(20)
    os._exit(0)
