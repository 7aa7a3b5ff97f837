"""Inside the wall: loads a student's program, calls its functions, and sends back what they return as plain values.

Everything here runs in the student's process and may be tampered with by the student's code; all that it can say is
"my answer is this". The standard library only: torch and numpy are used when the student's process has them.
"""

import __future__

import ast
import contextlib
import functools
import inspect
import io
import json
import linecache
import os
import signal
import struct
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from autograder.sandbox import stand_ins
from autograder.sandbox.values import encode

HEADER = struct.Struct(">I")


class LoadingTookTooLong(BaseException):
    """Not an Exception, so that a student's `except Exception` does not swallow it."""


def serve(channel: int, layers: Mapping[str, str]) -> None:
    """Answer the judge's requests until it closes the socket. layers: what `confine.enter` says of each."""
    _reopen_streams()
    import torch  # noqa: F401  # imported already where the server is warm

    program = Program()
    answers: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "load": program.load,
        "call": program.call,
        "device": device,
        "confinement": lambda request: {"type": "confined", "layers": layers},
    }
    dumps, flush = json.dumps, _flush  # as they are before the student's code has run
    while (request := _receive(channel)) is not None:
        reply = answers[request["do"]](request)
        flush()
        body = dumps({"id": request["id"], "reply": reply}).encode()
        _write(channel, HEADER.pack(len(body)) + body)


class Program:
    """The student's program as a module, and the calls into it."""

    def __init__(self) -> None:
        self.module = types.ModuleType("unloaded")
        self.files: dict[str, str] = {}  # file name of the code objects -> name for people
        self.directory = os.getcwd()
        self.autograd = [0]

    def load(self, request: dict[str, Any]) -> dict[str, Any]:
        """Execute the program, statement by statement; see `product.md`, "At import", for what ends it."""
        name = request["module"]
        self.module = types.ModuleType(name)
        self.module.__file__ = os.path.join(self.directory, f"{name}.py")
        sys.modules[name] = self.module
        sys.path.insert(0, self.directory)
        finder = stand_ins.Finder()
        sys.meta_path.append(finder)
        self.autograd = _count_autograd()
        failures: list[dict[str, Any]] = []
        with _time_limit(request["seconds"]):
            for number, cell in enumerate(request["cells"], 1):
                shown = request["name"] if len(request["cells"]) == 1 else f"{request['name']}, code cell {number}"
                file = self.module.__file__ if len(request["cells"]) == 1 else f"{self.module.__file__}:{number}"
                self.files[file] = shown
                linecache.cache[file] = (len(cell), None, cell.splitlines(True), file)
                failures += self._execute(cell, file)
        functions = [key for key, value in vars(self.module).items() if isinstance(key, str) and callable(value)]
        return {"type": "loaded", "functions": functions[:200], "failures": failures[:20], "stand_ins": finder.used}

    def _execute(self, cell: str, file: str) -> list[dict[str, Any]]:
        failures = []
        flags = 0
        try:
            statements = ast.parse(cell, file).body
            for statement in statements:
                if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                    flags |= _future_flags(statement)
                code = compile(ast.Module([statement], []), file, "exec", flags, dont_inherit=True)
                try:
                    exec(code, vars(self.module))
                except ImportError as error:
                    if not isinstance(statement, (ast.Import, ast.ImportFrom)):
                        raise
                    failures.append(self.failure(error))  # what does not need the module can still be marked
        except BaseException as error:
            failures.append(self.failure(error))
        return failures

    def call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call a function of the student's: graph inputs, then settings, all positional; the device if it takes one."""
        function = getattr(self.module, request["function"], None)
        if not callable(function):
            return {"type": "missing"}
        first: BaseException | None = None
        self.autograd[0] = 0
        attempts: tuple[Callable[[float], Any], ...] = (float, _tensor)
        for attempt, convert in enumerate(attempts):
            try:
                inputs = [convert(value) for value in request["inputs"]]
                args, kwargs = _arguments(function, inputs + request["settings"], request["device"])
                value = encode(function(*args, **kwargs), request["fields"])
                return {"type": "returned", "value": value, "as_tensors": attempt > 0, "autograd": self.autograd[0] > 0}
            except BaseException as error:
                first = first or error
                if not isinstance(error, (TypeError, AttributeError)) or isinstance(error, SignatureProblem):
                    break
        return {"type": "raised", "failure": self.failure(cast(BaseException, first))}

    def failure(self, error: BaseException) -> dict[str, Any]:
        """An exception as plain data: its type, message, and the innermost line in a file of the student's."""
        with contextlib.suppress(BaseException):  # an exception's class and __str__ may be the student's own
            found: dict[str, Any] = {"type": type(error).__name__[:100], "message": str(error)[:500]}
            if isinstance(error, SyntaxError) and error.filename in self.files:
                source = (error.text or "").strip()[:200]
                found.update(
                    message=str(error.msg)[:500], line=error.lineno, file=self.files[error.filename], source=source
                )
            trace = error.__traceback__
            while trace is not None:
                file = trace.tb_frame.f_code.co_filename
                if file in self.files or file.startswith(self.directory + os.sep):
                    source = linecache.getline(file, trace.tb_lineno).strip()[:200]
                    found.update(line=trace.tb_lineno, file=self.files.get(file, os.path.basename(file)), source=source)
                    found.update(function=trace.tb_frame.f_code.co_name)
                trace = trace.tb_next
            return found
        return {"type": "Exception", "message": "an exception that cannot be shown"}


class SignatureProblem(TypeError):
    """The function cannot be called with the inputs of the lab."""


def _arguments(function: Callable[..., Any], values: list[Any], device: str | None) -> tuple[list[Any], dict[str, Any]]:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # a built-in: nothing is known of its parameters
        return values, {}
    kinds = inspect.Parameter
    positional = [
        p for p in parameters if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD) and p.name != "device"
    ]
    unbounded = any(p.kind is kinds.VAR_POSITIONAL for p in parameters)
    if len(positional) < len(values) and not unbounded:
        names = ", ".join(p.name for p in positional) or "none"
        raise SignatureProblem(f"it has to take {len(values)} inputs and takes {len(positional)} ({names})")
    if device is None:
        return values, {}
    if any(p.name == "device" and p.kind is not kinds.POSITIONAL_ONLY for p in parameters):
        return values, {"device": device}
    if len(positional) == len(values) + 1 and positional[-1].default is kinds.empty:
        return [*values, device], {}  # the device under a name of the student's own
    return values, {}


def device(request: dict[str, Any]) -> dict[str, Any]:
    """The device to compute on: the one wanted if it is there, for "auto" a GPU if there is one, else the CPU."""
    import torch

    wanted = request["wanted"]
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        wanted = "cuda" if there["cuda"] else "cpu"
    return {"type": "device", "name": wanted if there[wanted] else None}


def _tensor(value: float) -> Any:
    import torch

    return torch.tensor(value, dtype=torch.float32)


def _count_autograd() -> list[int]:
    """Count, in the list returned, the calls that make torch compute gradients; Tensor.backward goes through these
    too."""
    count = [0]
    import torch

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def counted(*args: Any, **kwargs: Any) -> Any:
            count[0] += 1
            return function(*args, **kwargs)

        return counted

    for name in ("backward", "grad"):
        setattr(torch.autograd, name, counting(getattr(torch.autograd, name)))
    return count


def _future_flags(statement: ast.ImportFrom) -> int:
    features = [getattr(__future__, alias.name, None) for alias in statement.names]
    return sum(feature.compiler_flag for feature in features if feature is not None)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def stop(signum: int, frame: Any) -> None:
        raise LoadingTookTooLong(f"the code outside of functions ran for more than {seconds:g} s")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _reopen_streams() -> None:
    sys.stdin = io.TextIOWrapper(io.FileIO(0), encoding="utf-8", errors="replace")
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), encoding="utf-8", errors="replace", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), encoding="utf-8", errors="replace", write_through=True)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the student may have closed or replaced it
            stream.flush()


def _receive(channel: int) -> dict[str, Any] | None:
    header = _read(channel, HEADER.size)
    if header is None:
        return None
    body = _read(channel, HEADER.unpack(header)[0])
    return None if body is None else cast(dict[str, Any], json.loads(body))


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
