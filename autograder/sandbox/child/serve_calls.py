"""Inside the sandbox: answers the judge's requests about a student's program.

Everything here runs in the student's process and may be tampered with by the student's code; all that it can say is
"my answer is this".
"""

import contextlib
import functools
import io
import json
import os
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any

from autograder.sandbox.child import confine, device, device_bugs
from autograder.sandbox.child.load import LoadedProgram

HEADER = struct.Struct(">I")
LONGEST = 1 << 17  # bytes of a frame, as the judge has it


def serve(channel: int, layers: Mapping[str, str]) -> None:
    """Answer the judge's requests until it closes the socket. layers: what `confine.enter` says of each."""
    _reopen_streams()
    import torch  # noqa: F401  # imported already where the server is warm

    program = LoadedProgram()
    answers: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "load": program.load,
        "call": program.call,
        "device": device.choose,
        "room": device.room,
        "device_bugs": functools.partial(device_bugs.find, program),
        "confinement": lambda request: {"type": "confined", "layers": layers, "landlock": confine.landlock()},
    }
    loads, dumps, flush = json.loads, json.dumps, _flush  # as they are before the student's code has run
    while (frame := _receive(channel)) is not None:
        request = loads(frame)
        reply = answers[request["do"]](request)
        flush()
        body = dumps({"id": request["id"], "reply": reply}).encode()
        if len(body) > LONGEST and reply["type"] == "returned":  # the judge would read none of it
            reply["value"] = {"type": "strange", "what": "far more values than are asked for"}
            body = dumps({"id": request["id"], "reply": reply}).encode()
        _write(channel, HEADER.pack(len(body)) + body)


def _reopen_streams() -> None:
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), encoding="utf-8", errors="replace")
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), encoding="utf-8", errors="replace", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), encoding="utf-8", errors="replace", write_through=True)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the student may have closed or replaced it
            stream.flush()


def _receive(channel: int) -> bytes | None:
    header = _read(channel, HEADER.size)
    return None if header is None else _read(channel, HEADER.unpack(header)[0])


def _read(channel: int, size: int) -> bytes | None:
    parts = b""
    while len(parts) < size:
        part = os.read(channel, size - len(parts))
        if not part:
            return None
        parts += part
    return parts


def _write(channel: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(channel, view) :]
