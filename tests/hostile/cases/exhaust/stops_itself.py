"""Stops itself, so that it neither answers nor ends."""

import os
import signal


def train(*_):
    os.kill(os.getpid(), signal.SIGSTOP)
