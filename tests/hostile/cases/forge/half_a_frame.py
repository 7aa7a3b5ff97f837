"""Sends half of a frame, drop by drop, and never the rest."""

import os
import struct
import time


def train(*_):
    for byte in struct.pack(">I", 1000) + b'{"id": 1' * 1000:
        for descriptor in range(3, 16):
            try:
                os.write(descriptor, bytes([byte]))
            except OSError:
                pass
        time.sleep(0.01)
