"""Answers every request with as many numbers as fit into a frame, and with very many dimensions."""

import json
import os
import struct


def attack(*_):
    for number in range(2, 40):
        values = [0] * 40_000
        value = {"type": "array", "values": values, "dtype": "float", "shape": [1] * 1000}
        body = json.dumps({"id": number, "reply": {"type": "returned", "value": value}}).encode()
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, struct.pack(">I", len(body)) + body)
            except OSError:
                pass


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
