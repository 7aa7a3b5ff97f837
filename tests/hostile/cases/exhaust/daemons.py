"""Processes that leave session and group twice over, and change their name."""

import ctypes
import os
import time


def train(*_):
    for _ in range(5):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.setpgid(0, 0)
                os.chdir("/")
                os.closerange(0, 64)
                ctypes.CDLL(None).prctl(15, b"kworker", 0, 0, 0)
                time.sleep(20)
            os._exit(0)
    return 1.0
