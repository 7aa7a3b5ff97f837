"""Goes into namespaces of its own, to be root there."""

import ctypes


GOT = "GOT " + "IN: "  # the harness looks for these words together
NEWUSER, NEWNS, NEWPID = 0x10000000, 0x00020000, 0x20000000


def attack(*_):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEWUSER | NEWNS) == 0 or libc.unshare(NEWPID) == 0:
        raise RuntimeError(GOT + "made a namespace")


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
