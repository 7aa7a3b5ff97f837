"""Threads that are no daemons keep the interpreter from ending."""

import threading
import time


def train(*_):
    for _ in range(5):
        threading.Thread(target=time.sleep, args=(3600,)).start()
    raise SystemExit
