"""Replies with JSON of wrong types: endless numbers, duplicate keys, NaN, surrogates, a negative shape."""

import os
import struct

BODIES = (
    b'{"id": 1e400, "reply": NaN}',
    b'{"id": 2, "id": 3, "reply": {"type": "returned", "value": {"type": "number", "value": 1e999, "dtype": "x"}}}',
    b'{"id": 4, "reply": {"type": "raised", "failure": {"type": "\\ud800", "message": "\\u0000", "line": -1}}}',
    b'{"id": 5, "reply": {"type": "returned", "value": {"type": "array", "values": [1], "dtype": "", "shape": [-1]}}}',
    b"\xff\xfe\x00",
    b"",
)
calls = 0


def attack(*_):
    global calls
    body = BODIES[calls % len(BODIES)]
    calls += 1
    for descriptor in range(3, 16):
        try:
            os.write(descriptor, struct.pack(">I", len(body)) + body)
        except OSError:
            pass


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
