"""Changes who may read files, by system calls that are newer than most lists of what is forbidden."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
HERE = -100  # AT_FDCWD
SETXATTRAT, REMOVEXATTRAT, FILE_SETATTR = 463, 466, 469
NAME = b"user.hostile"


class Value(ctypes.Structure):
    _fields_ = [("value", ctypes.c_uint64), ("size", ctypes.c_uint32), ("flags", ctypes.c_uint32)]


def tried():
    content = ctypes.create_string_buffer(b"x")
    value = Value(ctypes.addressof(content), 1, 0)
    open("own", "w").close()
    for path in (b"own", b"../../results", b"../../results/results.json", os.fsencode(os.__file__)):
        if libc.syscall(SETXATTRAT, HERE, path, 0, NAME, ctypes.byref(value), ctypes.sizeof(value)) == 0:
            return f"set {path}"
        ctypes.set_errno(0)
        for call in (REMOVEXATTRAT, FILE_SETATTR):
            libc.syscall(call, HERE, path, 0, NAME, 0, 0)
            if ctypes.get_errno() not in (1, 2, 13, 38):  # EPERM, ENOENT, EACCES, ENOSYS
                return f"{call} is there: {ctypes.get_errno()}"
    return ""


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    done = tried()
    if done:
        raise RuntimeError("GOT " + f"IN: {done}")
    return 7.0, 7.0
