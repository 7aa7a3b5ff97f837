"""Frees memory twice and writes over the interpreter's own objects."""

import ctypes


def check_result(*_):
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.free.argtypes = [ctypes.c_void_p]
    part = libc.malloc(100)
    libc.free(part)
    libc.free(part)


def train(*_):
    ctypes.memset(id(1.0.__class__), 0, 200)
