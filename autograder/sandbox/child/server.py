"""The fork server: a small process that has imported torch, and forks a process for each submission.

`ForkServer` starts it. It holds none of the grader's answers. It reads JSON requests, one a line, from the socket whose
descriptor is its only argument, and answers each with one line:
    {"do": "fork", "bounds": {…}} with two descriptors (channel, output)    ->  {"pid": n}
    {"do": "end", "pid": n}                                                 ->  {"status": as os.waitpid gives it}
    {"do": "import", "module": M}                                           ->  {}
When the socket closes, it kills its processes and ends.
"""

import contextlib
import dataclasses
import functools
import gc
import json
import math
import os
import signal
import socket
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.sandbox.child import confine, lean_torch, many_forks, serve_calls

CACHED = type(functools.cache(len))
COUNTED_FOR = 5.0  # seconds for which a count of the user's processes is used
MANY = 12  # forks, after which more are likely: then it pays to make them cheaper, which takes as long as a few dozen


def main() -> None:
    """Import torch if it survives a fork, then serve requests until the grader closes the socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    confine.prctl(confine.PR_SET_DUMPABLE, 0)  # other processes of the same user cannot read the memory of this one
    confine.prctl(confine.PR_SET_CHILD_SUBREAPER, 1)  # orphaned processes become children of this one, which ends them
    confine.prepare()
    gc.disable()  # garbage collection takes a quarter of the time of importing a thousand modules
    # On macOS, forking is unsafe after torch has started its libraries: there each process imports it.
    if sys.platform == "linux":
        lean_torch.load()
    gc.freeze()  # a process's garbage collector must not touch, and so copy, the memory that it shares with this one
    Server(control).serve()
    os._exit(0)


def hide_the_grader() -> None:
    """Keep a student's program from importing the grader, and take the paths of its files out of tracebacks.

    The code objects are changed because a traceback shows the path and the source of every function on the stack:
    without that, the hostile program read/sources_of_the_runner succeeds.
    """
    for name, module in [(name, module) for name, module in sys.modules.items() if name.startswith("autograder")]:
        del sys.modules[name]
        for value in list(vars(module).values()):
            for member in (value, *(vars(value).values() if isinstance(value, type) else ())):
                for function in _decorated(member):
                    if function.__module__ == name:
                        function.__code__ = _nameless(function.__code__)
        vars(module).pop("__file__", None)
    folder = Path(confine.__spec__.origin or "").resolve().parents[3]
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != folder]


def _decorated(member: object) -> Iterator[types.FunctionType]:
    """A function and those that it was made of by a decorator, such as functools.cache."""
    while isinstance(member, (types.FunctionType, CACHED)):
        if isinstance(member, types.FunctionType):
            yield member
        member = vars(member).get("__wrapped__")


def _nameless(code: types.CodeType) -> types.CodeType:
    """The same code without the path of its file, nested functions included."""
    inner = (_nameless(const) if isinstance(const, types.CodeType) else const for const in code.co_consts)
    return code.replace(co_filename="<grader>", co_consts=tuple(inner))


class Server:
    """The loop of the fork server, and the processes that it has to reap."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.children: set[int] = set()
        self.imported: set[str] = set()  # on request
        self.forks = 0  # since a module was imported
        self.counted = -math.inf  # when they were counted
        self.present = 0  # processes and threads of this user

    def serve(self) -> None:
        """Answer requests until the socket is closed, then end every process."""
        pending = b""
        descriptors: list[int] = []
        while True:
            data, received, _, _ = socket.recv_fds(self.control, 65_536, 2)
            descriptors += received
            pending += data
            if not data:
                break
            while b"\n" in pending:
                line, pending = pending.split(b"\n", 1)
                answer = self.answer(json.loads(line), descriptors)
                self.control.sendall(json.dumps(answer).encode() + b"\n")
        for pid in list(self.children):
            self.end(pid)

    def answer(self, request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        if request["do"] == "fork":
            channel, output = descriptors
            pid = self.fork(confine.Bounds(**request["bounds"]), channel, output)
            os.close(channel)
            os.close(output)
            descriptors.clear()
            return {"pid": pid}
        if request["do"] == "end":
            return {"status": self.end(request["pid"])}
        if request["do"] == "expect_many_forks":
            self.prepare_for_many()
            return {}
        if request["module"] not in self.imported and sys.platform == "linux":  # elsewhere each process imports it
            self.imported.add(request["module"])
            with contextlib.suppress(ImportError):  # another version of torch: each process finds what there is
                lean_torch.load_part(request["module"])
            gc.freeze()
            self.forks = 0
        return {}

    def fork(self, bounds: confine.Bounds, channel: int, output: int) -> int:
        if bounds.uid is None and time.monotonic() > self.counted + COUNTED_FOR:
            self.present, self.counted = confine.present(), time.monotonic()
        bounds = dataclasses.replace(bounds, present=self.present)
        confine.prepare_for(bounds)
        self.forks += 1
        if self.forks == MANY:
            self.prepare_for_many()
        pid = os.fork()
        if pid:
            self.children.add(pid)
            return pid
        try:
            layers = confine.enter(bounds, channel, output)
            gc.enable()
            if numpy_random := sys.modules.get("numpy.random"):  # Python's own random numbers begin anew by themselves
                numpy_random.seed()
            serve_calls.serve(channel, layers)
        finally:
            os._exit(0)  # without torch's teardown, which takes longer than the grading

    def prepare_for_many(self) -> None:
        """Make the next forks cheaper."""
        self.forks = MANY
        if sys.platform == "linux":
            with contextlib.suppress(Exception):  # whatever it is, processes are the same without it
                many_forks.prepare()

    def end(self, pid: int) -> int:
        if pid not in self.children:
            return 0
        for kill in (os.killpg, os.kill):  # before setsid, a process has no group of its own
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
        self.children.discard(pid)
        status = os.waitpid(pid, 0)[1]
        while orphans := self.orphans():
            for orphan in orphans:
                os.kill(orphan, signal.SIGKILL)
                os.waitpid(orphan, 0)
        return status

    def orphans(self) -> list[int]:
        """Processes that were left behind in a session of their own: they have become children of this one."""
        try:
            found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        except OSError:  # not Linux, or a kernel without this file
            return []
        return [int(pid) for pid in found if int(pid) not in self.children]
