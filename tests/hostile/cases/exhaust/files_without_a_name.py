"""Fills the disk with files that nobody can see: without a name, or removed while they are open."""

import os


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    try:
        os.open(".", os.O_RDWR | os.O_TMPFILE, 0o600)
    except OSError:
        return 7.0, 7.0
    raise RuntimeError("GOT " + "IN: a file without a name")
