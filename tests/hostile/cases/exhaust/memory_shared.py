"""Leaves shared memory behind: by name, System V, and as torch shares tensors."""

import ctypes
import os

import torch


def check_result(*_):
    from multiprocessing import shared_memory

    shared_memory.SharedMemory("hostile-memory_shared", create=True, size=10 << 20)
    os._exit(0)


def train(*_):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.shmget(0x4057111E, 10 << 20, 0o1666) >= 0:
        identifier = libc.shmget(0x4057111E, 0, 0)
        libc.shmctl(identifier, 0, None)  # removed again: nothing else would
        raise RuntimeError("GOT " + "IN: made a System V segment")


def fnn_forward(*_):
    value = torch.ones(1 << 20).share_memory_()
    os._exit(int(value[0]))
