"""Replies by itself with well-typed values of the protocol: records in records, a million names, giant lists."""

import json
import os
import struct

NUMBER = {"type": "number", "value": 1.0, "dtype": "float", "shape": []}
VALUES = (
    {"type": "record", "fields": {f"name {i}": NUMBER for i in range(9_000)}},
    {"type": "array", "values": [0.0] * 200_000, "dtype": "float", "shape": [200_000]},
    {"type": "sequence", "items": [{"type": "nothing"}] * 50_000},
    {"type": "number", "value": "inf" * 100, "dtype": "float" * 100, "shape": [1] * 1000},
)
calls = 0


def attack(*_):
    global calls
    body = json.dumps({"id": calls + 2, "reply": {"type": "returned", "value": VALUES[calls % 4]}}).encode()
    calls += 1
    for descriptor in range(3, 16):
        try:
            os.write(descriptor, struct.pack(">I", len(body)) + body)
        except OSError:
            pass
    os._exit(0)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
