"""A student's program in the sandbox, as the grader uses it: `program.call("train", …)` always returns a verdict."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

from autograder.graph.operation import Value
from autograder.sandbox.host import gpus, requests, workdir
from autograder.sandbox.host.calls import (
    Call,
    ChangedCall,
    FitCall,
    FunctionCall,
    GivenArrays,
    Looked,
    ModuleCall,
    NotRun,
    ProgramFiles,
    Run,
)
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import DEVICE_BUGS_SECONDS, GRACE, MAX_ANSWERS, MAX_TIMEOUTS, ProcessLimits
from autograder.sandbox.host.process import Ended, Response, SandboxProcess, TimedOut
from autograder.sandbox.host.protocol import (
    Confined,
    Device,
    DeviceBugs,
    Loaded,
    Misfit,
    Missing,
    Raised,
    Returned,
    Tried,
)
from autograder.sandbox.host.remembers import may_remember
from autograder.sandbox.host.requests import Requests

NO_ANSWER = Ended("sent the grader something that is not an answer")
LONGEST_SETTINGS = 10_000  # bytes of a file beside the program, in which it may be written what the program uses
NO_TIME = NotRun("the time for one submission was used up")


class SandboxedProgram:
    """Loads a program once and calls its functions; if a call ends the process, the next one starts a new process.

    Use as a context manager. Answers are remembered: a function is graded by its first answer to the same inputs.
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
        arrays: Mapping[str, GivenArrays] = MappingProxyType({}),
        modules: Mapping[str, ModuleCall] = MappingProxyType({}),
    ) -> None:
        """Copy the program's files to a new working directory.

        Args:
            server: the fork server that starts the processes.
            program: the program and its files.
            limits: for all processes of this program together.
            module: the name under which the program is imported.
            device: where torch computes.
            patient: for the reference, which serves a whole class: call a function however often it has timed out,
                retry once if its process ended, and never compute on another device than `device`.
            double: compute in float64 where the program does not choose a type.
            arrays: how each function is given vectors and matrices, if it takes any.
            modules: how each class is called.
        """
        self.device = device
        self._server = server
        self._program = program
        self._module = module
        beside = {name: content for name, content in program.files if name.endswith(".py")}
        text = b"\n".join([*beside.values(), *(cell.encode() for cell in program.cells)])
        self._mentions_cuda = b"cuda" in text or b"mps" in text
        self._may_remember = may_remember(text)
        others = [content[:LONGEST_SETTINGS] for name, content in program.files if name not in beside]
        server.import_parts(b"\n".join([text, *others]))
        self._deadline = time.monotonic() + limits.submission
        self._directory = self._new_directory()
        self._limits = replace(limits, submitted=workdir.size(self._directory))
        self._process: SandboxProcess | None = None  # that has loaded the program
        self._unloaded: SandboxProcess | None = None  # that will load it
        self._calls: dict[tuple[object, ...], Call] = {}
        self._timeouts: dict[str, int] = {}
        self._trained_in: dict[int, int | None] = {}  # by seed: the process that has the trained model
        self._patient = patient
        self._double = double
        self._requests = Requests(arrays, modules, strict=patient)
        self._loading: Response | None = None
        self._called = False  # whether a function was called since the directory was made
        self._in_use = False  # whether a function was called since `rest`
        self._searched = False  # whether device bugs were looked for since then
        self._search_ended = False  # whether a change ended the process

    def __enter__(self) -> "SandboxedProgram":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and remove its working directory."""
        self._end()
        if self._unloaded:
            self._unloaded.close()
        self._unloaded = None
        workdir.remove(self._directory)
        self._server.remove_leftovers(self._directory)

    def rest(self) -> None:
        """End the process if no function was called since this was asked last. The next call starts a new one."""
        if not self._in_use:
            self._end()
        self._in_use = False

    @property
    def loading(self) -> Response | None:
        """The result of executing the program; None before that."""
        return self._loading

    def load(self) -> Response:
        """Execute the program, once; later calls return the same result."""
        if self._loading is None:
            self._running_process()
        assert self._loading is not None
        return self._loading

    def call(
        self,
        function: str,
        inputs: Mapping[str, Value],
        settings: Mapping[str, float | int] | None = None,
        fields: Sequence[str] = (),
        *,
        again: bool = False,
    ) -> Call:
        """Call `function` with `inputs` and `settings`: by the names of its parameters, or in this order.

        Args:
            function: the name of a function of the program.
            inputs: numbers and NumPy arrays, by name.
            settings: further arguments, such as the number of epochs.
            fields: the attributes to read if it returns an object.
            again: call it even if the answer to these inputs is known.
        """
        asked = FunctionCall(function, inputs, settings or {}, fields)
        key = asked.key
        if again or key not in self._calls:
            call = self._asked(function, self._requests.call(asked, self.device))
            if self._patient and isinstance(call.verdict, (Ended, NotRun)):
                # The reference did not cause this: its process was killed, or the fork server ended, and all its
                # processes with it. Its answer is used for every later submission.
                call = self._asked(function, self._requests.call(asked, self.device))
            self._calls.setdefault(key, call)
            if len(self._calls) > MAX_ANSWERS:  # the reference serves a whole class, and every student has other inputs
                del self._calls[next(iter(self._calls))]
            return call
        return self._calls[key]

    def device_bugs(self, function: str, inputs: Mapping[str, Value], settings: Mapping[str, float | int]) -> Looked:
        """Find what would go wrong in a function on a GPU, without needing one.

        Bugs are found in a process and a directory in which no function has been called: the student reads of them, so
        they must not depend on the hidden inputs of earlier calls. That there are none is no such news, so it is looked
        for in the process that there is, unless the program looks as if a call could depend on earlier ones. An
        exception is no answer from there: a program that keeps tensors in global variables may not work afterwards.
        """
        if self._called:
            if self._process and not self._may_remember:
                found = self._look_for_bugs(function, inputs, settings)
                if isinstance(found, DeviceBugs) and not found.bugs and found.undecided != "raised":
                    return found
            self._restart()
        return self._look_for_bugs(function, inputs, settings)

    def _look_for_bugs(self, function: str, inputs: Mapping[str, Value], settings: Mapping[str, float | int]) -> Looked:
        process = self._running_process()
        if isinstance(process, NotRun):
            return process
        seconds = min(DEVICE_BUGS_SECONDS, self._seconds())
        if seconds <= 0:
            return NO_TIME
        request = self._requests.device_bugs(FunctionCall(function, inputs, settings), cuda=self._mentions_cuda)
        self._searched = True
        reply = process.ask(request, seconds).reply
        if isinstance(reply, DeviceBugs):
            return reply
        self._end()
        return reply if isinstance(reply, (Ended, TimedOut)) else NO_ANSWER

    def try_changes(
        self, call: ChangedCall, seconds: float, *, changes: Sequence[int] = (), among: tuple[int, int] = (0, 0)
    ) -> Tried | None:
        """Call a function with small changes made in the program, one at a time, for at most so many seconds.

        It runs in a process and a directory in which no function has been called.

        Args:
            call: the call.
            seconds: how long to go on.
            changes: the numbers of the changes to try; () for those from among[0] to among[1].

        Returns: None if nothing came back, now or before, or if the program takes too long to load.
        """
        if self._search_ended:
            return None
        if self._called or self._searched:
            self._restart()
        process = self._running_process(seconds)
        if isinstance(process, NotRun):
            self._search_ended = True
            return None
        request = self._requests.repair(call, seconds, changes, among)
        reply = process.ask(request, min(seconds + GRACE, self._deadline - time.monotonic())).reply
        if isinstance(reply, Tried):
            return reply
        self._end()
        self._search_ended = True
        return None

    def available_device(self, wanted: str) -> Device:
        """The device to compute on, if the one wanted exists; see `device.choose`."""
        return gpus.available(self._server, self._directory, self._limits, wanted)

    def confinement(self) -> Confined:
        """Which layers hold, as a new process reports before it reads anything of the student's; see `confine.enter`.
        No layers if it does not answer."""
        process = self._new_process()
        reply = process.ask({"do": "confinement"}, self._limits.load).reply
        if isinstance(reply, Confined):
            self._unloaded = process
            return reply
        process.close()
        return Confined({})

    @property
    def pid(self) -> int | None:
        """The ID of the process that runs the program now, if there is one."""
        return self._process.pid if self._process else None

    def run(self, request: Run) -> Call:
        """Call or read anything in the program. Nothing is remembered: each call is made."""
        return self._asked(request.name, {"do": "run", **vars(request)})

    def fit(self, call: FitCall) -> Call:
        """Train a model, which stays in the process."""
        answer = self._asked(call.function, requests.fit(call, self.device))
        self._trained_in[call.seed] = self.pid
        return answer

    def keeps(self, call: FitCall) -> bool:
        """Whether the process is still there that has the model of a call of `fit`."""
        return self.pid is not None and self._trained_in.get(call.seed) == self.pid

    def predict(self, call: FitCall, model: int, samples: Value) -> Call:
        """Ask a model that `fit` has left in the process for its answers to samples, an array."""
        return self._asked(call.function, requests.predict(call, model, samples, self.device))

    def _asked(self, function: str, request: Mapping[str, Any]) -> Call:
        """The answer to a request that runs a function of the program."""
        if self._timeouts.get(function, 0) >= MAX_TIMEOUTS:
            return Call(NotRun(f"{function}() already took too long {MAX_TIMEOUTS} times"))
        process = self._running_process()
        if isinstance(process, NotRun):
            return Call(process)
        seconds = self._seconds()
        if seconds <= 0:
            return Call(NO_TIME)
        self._called = self._in_use = True
        answer = process.ask(request, seconds)
        if isinstance(answer.reply, TimedOut) and not self._patient:
            self._timeouts[function] = self._timeouts.get(function, 0) + 1
        if not process.alive:
            self._process = None
        if isinstance(answer.reply, (Returned, Raised, Missing, Misfit, Ended, TimedOut)):
            return Call(answer.reply, answer.printed)
        self._end()
        return Call(NO_ANSWER, answer.printed)

    def _seconds(self) -> float:
        """How long a call may take now."""
        return min(self._limits.call, self._deadline - time.monotonic())

    def _end(self) -> None:
        """End the process."""
        if self._process:
            self._process.close()
        self._process = None

    def _restart(self) -> None:
        """Start again with a new directory, so that nothing remains of earlier calls."""
        self.close()
        self._directory = self._new_directory()
        self._called = self._searched = False

    def _new_directory(self) -> Path:
        """A new working directory. If each process copies it to a file system of its own, nobody else writes to it."""
        memory = self._server.memory if self._server.own_disks else None
        return workdir.create(self._module, self._program.cells, self._program.files, memory)

    def _running_process(self, most: float = math.inf) -> SandboxProcess | NotRun:
        """The process that has loaded the program; a new one if the last one ended. most: seconds for loading it."""
        if self._process is not None and self._process.alive:
            return self._process
        if self._loading and not isinstance(self._loading.reply, Loaded):
            return NotRun("the program could not be loaded")
        seconds = min(self._limits.load, self._deadline - time.monotonic(), most)
        if seconds <= 0:
            return NO_TIME
        process = self._new_process()
        how = {"double": self._double, "cuda": self._mentions_cuda}
        request = requests.load(self._program, self._module, seconds, self.device, **how)
        answer = process.ask(request, seconds + GRACE)
        self._loading = self._loading or answer
        if not process.alive:
            return NotRun("the program could not be loaded")
        self._server.own_disks = process.has_own_disk
        self._process = process
        return process

    def _new_process(self) -> SandboxProcess:
        """A process that has not loaded the program: the one that was asked about its confinement, or a new one."""
        process, self._unloaded = self._unloaded, None
        if process and process.alive:
            return process
        return self._server.fork(self._directory, self._limits, gpu=self.device != "cpu")
