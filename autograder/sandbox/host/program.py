"""The trusted handle on one submission behind the wall: `Student.call("train", …)` always comes back with a verdict."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Protocol

from autograder.sandbox.host import gpus, workdir
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import DEVICE_BUGS_SECONDS, GRACE, MAX_ANSWERS, MAX_TIMEOUTS, ProcessLimits
from autograder.sandbox.host.process import Ended, Response, SandboxProcess, TimedOut
from autograder.sandbox.host.protocol import Confined, Device, DeviceBugs, Loaded, Missing, Raised, Returned


@dataclass(frozen=True)
class ProgramFiles:
    """What is executed behind the wall: the cells of a program, its name, the files beside it, whether it is a
    notebook, and what each of the cells is called."""

    name: str
    cells: Sequence[str]
    files: Sequence[tuple[str, bytes]] = ()
    notebook: bool = False
    titles: Sequence[str] = ()


@dataclass(frozen=True)
class NotRun:
    """A call that was not made, and why (a clause: "there was no time left")."""

    because: str


Verdict = Returned | Raised | Missing | Ended | TimedOut | NotRun
Looked = DeviceBugs | Ended | TimedOut | NotRun  # what comes of looking for device bugs
NO_ANSWER = Ended("sent the grader something that is no answer")
NO_TIME = NotRun("the time for one submission was used up")


@dataclass(frozen=True)
class Call:
    """What became of one call, and what the function printed."""

    verdict: Verdict
    printed: str = ""


class ProgramUnderTest(Protocol):
    """What a check asks: a student behind the wall, or anything that answers in a student's place."""

    @property
    def loading(self) -> Response | None:
        """What came of executing the program, once it was."""

    def load(self) -> Response:
        """Execute the program."""

    def call(
        self,
        function: str,
        inputs: Mapping[str, float],
        settings: Mapping[str, float | int] | None = None,
        fields: Sequence[str] = (),
        *,
        again: bool = False,
    ) -> Call:
        """Call a function."""

    def device_bugs(self, function: str, inputs: Mapping[str, float], settings: Mapping[str, float | int]) -> Looked:
        """Look for device bugs in a function."""


class SandboxedProgram:
    """Loads a program once and calls its functions; a call that ends the process is followed by a fresh one. A
    context manager.

    The answer to a call is remembered: a function is judged by its first answer to the same inputs.
    """

    def __init__(
        self,
        server: ForkServer,
        program: ProgramFiles,
        limits: ProcessLimits,
        module: str,
        device: str = "cpu",
        *,
        patient: bool = False,
        double: bool = False,
    ) -> None:
        """patient: call a function again however often it has timed out, and once more when its process has ended, as a
        reference is, which serves a class; and never on another device than the one in use. double: have torch compute
        in float64 where the program does not say in what."""
        self.device = device
        self._wall = server
        self._program = program
        self._module = module
        self._deadline = time.monotonic() + limits.submission
        self._directory = workdir.working_copy(module, program.cells, program.files)
        self._limits = replace(limits, submitted=workdir.size(self._directory))
        self._child: SandboxProcess | None = None
        self._calls: dict[tuple[object, ...], Call] = {}
        self._timeouts: dict[str, int] = {}
        self._patient = patient
        self._double = double
        self._loading: Response | None = None
        self._called = False  # a function, since the folder was made
        modules = [content for name, content in program.files if name.endswith(".py")]
        text = b"\n".join([*modules, *(cell.encode() for cell in program.cells)])
        self._mentions_cuda = b"cuda" in text or b"mps" in text

    def __enter__(self) -> "SandboxedProgram":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and remove its folder."""
        if self._child:
            self._child.close()
            self._child = None
        workdir.remove(self._directory)
        self._wall.clean(self._directory)

    @property
    def loading(self) -> Response | None:
        """What came of executing the program, once it was."""
        return self._loading

    def load(self) -> Response:
        """Execute the program; the result of the first time is kept."""
        if self._loading is None:
            self._running()
        assert self._loading is not None
        return self._loading

    def call(
        self,
        function: str,
        inputs: Mapping[str, float],
        settings: Mapping[str, float | int] | None = None,
        fields: Sequence[str] = (),
        *,
        again: bool = False,
    ) -> Call:
        """Call `function` with `inputs` and `settings`, each for the parameter of its name, or else in their order.

        fields: names by which a returned object's attributes are read. again: call it even if the answer to these
        inputs is known.
        """
        key = (function, *inputs.items(), *(settings or {}).items())
        if again or key not in self._calls:
            call = self._call(function, inputs, settings or {}, fields)
            if self._patient and isinstance(call.verdict, Ended):
                # Not its own doing: the fork server was lost, and with it all its children. What it says stands for
                # every submission that follows.
                call = self._call(function, inputs, settings or {}, fields)
            self._calls.setdefault(key, call)
            if len(self._calls) > MAX_ANSWERS:  # a reference serves a whole class, each with inputs of its own
                del self._calls[next(iter(self._calls))]
            return call
        return self._calls[key]

    def device_bugs(self, function: str, inputs: Mapping[str, float], settings: Mapping[str, float | int]) -> Looked:
        """What goes wrong in a function on a GPU, found without one.

        In a process and a folder in which no function has been called: what is said of it in words must not depend on
        the inputs of those calls. A program that keeps tensors in global variables may not get over it.
        """
        if self._called:
            self._begin_anew()
        child = self._running()
        if isinstance(child, NotRun):
            return child
        seconds = min(self._limits.call, DEVICE_BUGS_SECONDS, self._deadline - time.monotonic())
        if seconds <= 0:
            return NO_TIME
        request = {
            "do": "device_bugs",
            "function": function,
            "inputs": dict(inputs),
            "settings": dict(settings),
            "cuda": self._mentions_cuda,
        }
        reply = child.ask(request, seconds).reply
        if isinstance(reply, DeviceBugs):
            return reply
        child.close()
        self._child = None
        return reply if isinstance(reply, (Ended, TimedOut)) else NO_ANSWER

    def available_device(self, wanted: str) -> Device:
        """The device to compute on, if the one wanted is there; see `device.choose`."""
        return gpus.available(self._wall, self._directory, self._limits, wanted)

    def confinement(self) -> Confined:
        """What a child says of each layer before it has read anything of the student's; see `confine.enter`. No layer
        where it does not answer."""
        child = self._wall.fork(self._directory, self._limits, gpu=self.device != "cpu")
        try:
            reply = child.ask({"do": "confinement"}, self._limits.load).reply
        finally:
            child.close()
        return reply if isinstance(reply, Confined) else Confined({})

    @property
    def child_pid(self) -> int | None:
        """The process that runs the program now, if there is one."""
        return self._child.pid if self._child else None

    def _call(
        self, function: str, inputs: Mapping[str, float], settings: Mapping[str, float | int], fields: Sequence[str]
    ) -> Call:
        if self._timeouts.get(function, 0) >= MAX_TIMEOUTS:
            return Call(NotRun(f"{function}() took too long {MAX_TIMEOUTS} times already"))
        child = self._running()
        if isinstance(child, NotRun):
            return Call(child)
        seconds = min(self._limits.call, self._deadline - time.monotonic())
        if seconds <= 0:
            return Call(NO_TIME)
        request = {
            "do": "call",
            "function": function,
            "inputs": dict(inputs),
            "settings": dict(settings),
            "fields": list(fields),
            "device": self.device,
            "strict": self._patient,
        }
        self._called = True
        answer = child.ask(request, seconds)
        if isinstance(answer.reply, TimedOut) and not self._patient:
            self._timeouts[function] = self._timeouts.get(function, 0) + 1
        if not child.alive:
            self._child = None
        if isinstance(answer.reply, (Returned, Raised, Missing, Ended, TimedOut)):
            return Call(answer.reply, answer.printed)
        child.close()
        self._child = None
        return Call(NO_ANSWER, answer.printed)

    def _begin_anew(self) -> None:
        """Forget all that the program has kept of its calls."""
        self.close()
        self._directory = workdir.working_copy(self._module, self._program.cells, self._program.files)
        self._called = False

    def _running(self) -> SandboxProcess | NotRun:
        """The child with the program loaded, forked and loaded anew if the last one ended."""
        if self._child is not None and self._child.alive:
            return self._child
        if self._loading and not isinstance(self._loading.reply, Loaded):
            return NotRun("the program could not be loaded")
        seconds = min(self._limits.load, self._deadline - time.monotonic())
        if seconds <= 0:
            return NO_TIME
        child = self._wall.fork(self._directory, self._limits, gpu=self.device != "cpu")
        request = {
            "do": "load",
            "name": self._program.name,
            "module": self._module,
            "cells": list(self._program.cells),
            "notebook": self._program.notebook,
            "titles": list(self._program.titles),
            "seconds": seconds,
            "double": self._double,
            "device": self.device,
            "cuda": self._mentions_cuda,
        }
        answer = child.ask(request, seconds + GRACE)
        self._loading = self._loading or answer
        if not child.alive:
            return NotRun("the program could not be loaded")
        self._child = child
        return child
