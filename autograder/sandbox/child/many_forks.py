"""Makes each fork cheaper, once a fork server is likely to fork many times. No results depend on it.

A fork shares the memory of the server until one of the two writes to it. Each page that it writes to is copied, and
Python writes even where it only reads: it counts references, and remembers in the code what it looked up.
"""

import contextlib
import ctypes
import gc
import json
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.sandbox.child import as_script, device_bugs, libc, load

HUGE = 2 << 20  # bytes of a huge page
MADV_COLLAPSE = 25  # asm-generic/mman-common.h; new in Linux 6.1
MOST = 1 << 20  # objects that are made to fill holes
TIMES = 12  # Python replaces what it executes by quicker instructions after a few times

# What most programs do, in a few lines.
PROGRAM = """
import math
import torch


def by_hand(x, w):
    y = x * w
    return {"y": y, "p": 1 / (1 + math.exp(-y)), "dy_dw": x}


def train(x, w, lr, n_epochs, device="cpu"):
    x = torch.tensor(x, device=device)
    w = torch.tensor(w, device=device, requires_grad=True)
    losses = []
    for _ in range(n_epochs):
        loss = (torch.sigmoid(torch.relu(x * w)) - 1.0) ** 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
    return w.item(), losses
"""
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (("by_hand", {}), ("train", {"lr": 0.1, "n_epochs": 2}))


def prepare() -> None:
    """Do what later processes will do, so that they find it done; and let their memory lie together."""
    import torch

    # The backward pass starts a thread for each kind of GPU that torch was built for, and a fork has no threads.
    if not any(getattr(torch.version, kind, None) for kind in ("cuda", "hip", "xpu")):
        warm_up()
    gc.collect()
    _kept.append([*holes_filled()])
    gc.freeze()
    collapse()


_kept: list[list[object]] = []


def warm_up() -> None:
    """Execute a program, and call its functions as a check does and as the search for device bugs does."""
    load.prepare()
    as_script.usual_flags()
    program = load.LoadedProgram()
    program.module = types.ModuleType("warm_up")
    program.execute(PROGRAM, "warm_up.py", 10.0)
    for _ in range(TIMES):
        for function, settings in CALLS:
            asked = {"function": function, "inputs": {"x": 1.0, "w": 0.5}, "settings": settings, "fields": ["y"]}
            how = {"device": "cpu", "strict": False, "cuda": False, "arrays": "", "on_device": False}
            request = json.loads(json.dumps({**asked, **how}))
            json.dumps(program.call(request))
            device_bugs.find(program, request)


def holes_filled() -> Iterator[object]:
    """Objects in all the places that are free between others, of every size that Python's allocator knows.

    Without them, each new object of a process would come to lie on a page that is shared with the server.
    """
    before = [(low, high) for low, high, _ in _own_memory()]
    made = 0
    for size in range(512, 0, -16):
        while made < MOST:
            each: object = bytes(size - 33) if size > 32 else 0.5 + made if size > 16 else object()
            made += 1
            yield each
            if not any(low <= id(each) < high for low, high in before):  # there was no hole left for it
                break


def collapse() -> None:
    """Put the memory into huge pages: a fork then copies a five-hundredth of the entries that say where it lies."""
    for low, high, name in _own_memory():
        if name in ("", "[heap]"):
            for at in range(-(-low // HUGE) * HUGE, high - HUGE + 1, HUGE):
                with contextlib.suppress(OSError, AttributeError):  # an old kernel, or no memory for it just now
                    libc.call("madvise", ctypes.c_void_p(at), ctypes.c_size_t(HUGE), MADV_COLLAPSE)


def _own_memory() -> list[tuple[int, int, str]]:
    """The parts of memory that this process may write to and shares with no other: from, to, and the file's name."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    found = (re.match(r"([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ \S+ *(.*)", line) for line in lines)
    return [(int(each[1], 16), int(each[2], 16), each[3]) for each in found if each]
