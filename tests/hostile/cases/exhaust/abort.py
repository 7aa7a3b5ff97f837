"""Aborts, traps, and asks for a core dump."""

import ctypes
import os
import resource

try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (ValueError, OSError):
    pass


def check_result(*_):
    os.abort()


def train(*_):
    os.kill(os.getpid(), 5)


def fnn_forward(*_):
    ctypes.CDLL(None).raise_(8)
