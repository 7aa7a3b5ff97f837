"""Answers each request a moment before its own function does, from a thread."""

import json
import os
import struct
import threading
import time

calls = 1


def answer(number):
    body = json.dumps(
        {
            "id": number,
            "reply": {
                "type": "returned",
                "value": {"type": "sequence", "items": [{"type": "number", "value": 1, "dtype": "int", "shape": []}]},
                "as_tensors": False,
                "autograd": True,
            },
        }
    ).encode()
    for descriptor in range(3, 16):
        try:
            os.write(descriptor, struct.pack(">I", len(body)) + body)
        except OSError:
            pass


def attack(*_):
    global calls
    calls += 1
    threading.Thread(target=answer, args=(calls,)).start()
    time.sleep(0.1)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
