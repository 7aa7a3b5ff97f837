"""Takes the disk with a file whose size is 0: space reserved beyond its end, which no limit of a file's size bounds."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long]
KEEP_SIZE = 1


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    if libc.fallocate(os.open("reserved", os.O_CREAT | os.O_RDWR), KEEP_SIZE, 0, 60 << 20) == 0:
        raise RuntimeError("GOT " + "IN: 60 MB")
    return 7.0, 7.0
