"""Answers the grader's requests about a student's program. Runs in the sandbox.

The student's code runs in the same process and can change anything here; all it can achieve is another answer.
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

from autograder.sandbox.child import device, device_bugs, landlock
from autograder.sandbox.child.direct_calls import DirectCalls
from autograder.sandbox.child.load import LoadedProgram
from autograder.sandbox.child.repair import Repair
from autograder.sandbox.child.torch_settings import TorchSettings
from autograder.sandbox.child.trained_models import TrainedModels

HEADER = struct.Struct(">I")
LONGEST = 1 << 17  # bytes of a frame; the grader has the same limit


def serve(channel: int, layers: Mapping[str, str]) -> None:
    """Answer the grader's requests until it closes the socket. layers: the result of `confine.enter`."""
    _reopen_streams()
    import torch  # noqa: F401  # on Linux the server has imported it already

    program = LoadedProgram()
    models = TrainedModels(program)
    answers: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "load": program.load,
        "call": program.call,
        "run": DirectCalls(program).answer,
        "fit": models.fit,
        "predict": models.predict,
        "device": device.choose,
        "room": device.room,
        "device_bugs": functools.partial(device_bugs.find, program),
        "repair": Repair(program).attempt,
        "confinement": lambda request: {"type": "confined", "layers": layers, "landlock": landlock.version()},
    }
    loads, dumps, flush = json.loads, json.dumps, _flush  # before the student's code can replace them
    settings: TorchSettings | None = None  # of torch, as loading the program left them
    while (frame := _receive(channel)) is not None:
        request = loads(frame)
        if settings:
            with contextlib.suppress(Exception):  # the program may have replaced what sets them
                settings.restore()
        reply = answers[request["do"]](request)
        if request["do"] == "load":
            with contextlib.suppress(Exception):
                settings = TorchSettings.now()
        flush()
        body = dumps({"id": request["id"], "reply": reply}).encode()
        if len(body) > LONGEST and reply["type"] == "returned":  # the grader would not read it
            reply["value"] = {"type": "strange", "what": "far more values than are asked for"}
            body = dumps({"id": request["id"], "reply": reply}).encode()
        _write(channel, HEADER.pack(len(body)) + body)


def _reopen_streams() -> None:
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), encoding="utf-8", errors="replace")
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), encoding="utf-8", errors="replace", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), encoding="utf-8", errors="replace", write_through=True)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the program may have closed or replaced it
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
