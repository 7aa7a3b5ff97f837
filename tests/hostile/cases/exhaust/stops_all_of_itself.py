"""A child of its own stops it at import and continues to run."""

import os
import signal
import time

if os.fork() == 0:
    time.sleep(0.1)
    os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(20)
    os._exit(0)
