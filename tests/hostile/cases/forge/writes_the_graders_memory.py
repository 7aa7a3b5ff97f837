"""Opens the grader's memory for writing, and writes nothing into it with process_vm_writev."""

import ctypes
import os


GOT = "GOT " + "IN: "  # the harness looks for these words together


def ancestors():
    """The fork server, the judge: every process above this one that is the grader's."""
    pid = os.getppid()
    while pid > 1:
        try:
            if b"\0-m\0autograder" not in open(f"/proc/{pid}/cmdline", "rb").read():
                return
            yield pid
            pid = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
        except OSError:
            return


def attack(*_):
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in ancestors():
        try:
            open(f"/proc/{pid}/mem", "r+b")
            raise RuntimeError(GOT + "opened the memory of an ancestor")
        except OSError as error:
            print(error)
        byte = ctypes.create_string_buffer(b"x")
        local = (ctypes.c_void_p * 2)(ctypes.addressof(byte), 1)
        start = int(open(f"/proc/{pid}/maps").readline().split("-")[0], 16)
        remote = (ctypes.c_void_p * 2)(start, 1)
        if libc.process_vm_readv(pid, local, 1, remote, 1, 0) == 1:
            raise RuntimeError(GOT + "read the memory of an ancestor")


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
