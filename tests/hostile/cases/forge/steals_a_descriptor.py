"""Copies the judge's descriptors into itself (pidfd_getfd)."""

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

PIDFD_GETFD = 438


def attack(*_):
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in ancestors():
        process = os.pidfd_open(pid)
        for descriptor in range(32):
            if libc.syscall(PIDFD_GETFD, process, descriptor, 0) >= 0:
                raise RuntimeError(GOT + "took a descriptor of an ancestor")


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
