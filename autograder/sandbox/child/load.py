"""Loads a student's program as a module and calls its functions. Runs in the sandbox."""

import __future__

import ast
import contextlib
import functools
import inspect
import linecache
import os
import re
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from autograder.sandbox.child import as_script, device_substitute, modules, statements, stubs
from autograder.sandbox.child.arguments import SignatureProblem, arguments
from autograder.sandbox.child.device import settle
from autograder.sandbox.child.encode import encode, holds_nothing
from autograder.sandbox.child.given import given
from autograder.sandbox.child.silent import Silent
from autograder.sandbox.child.statements import Position

ANOTHER_CELL = 0.5  # seconds for each further cell of a notebook after the time is used up; definitions take less
BREAKPOINT = re.compile(r"\b(breakpoint|set_trace)\(")
MOST_FAILURES = 20
MOST_NAMES = 20  # defined by one statement that failed
NOTHING, EVERYTHING = (0, 0), (sys.maxsize, 0)  # positions in a program


class LoadingTookTooLong(BaseException):
    """Loading exceeded its time limit. Not an Exception, so that `except Exception` does not catch it."""


class LoadedProgram:
    """The student's program: loaded once, called often."""

    def __init__(self) -> None:
        self.module = types.ModuleType("unloaded")
        self.files: dict[str, str] = {}  # file name in code objects -> name in messages
        self.cells: list[str] = []  # the program's text, as `files`
        self.directory = os.getcwd()
        self.autograd = [0]
        self.double = False
        self.modes = contextlib.ExitStack()  # modes of torch, while the program runs
        self.flags = 0  # of the compiler
        self.kept: list[Any] = []  # objects that tests in Python go on to use
        self.lost: dict[str, dict[str, Any]] = {}  # failures by the names that the statement would have defined

    def load(self, request: dict[str, Any]) -> dict[str, Any]:
        """Execute the program, statement by statement.

        A statement that fails is skipped; `exit()` or the time limit ends a .py file or a cell.
        request["double"]: torch computes in float64 unless the program says otherwise. request["cuda"]: the program
        mentions CUDA, which is then replaced by the current device.
        """
        if request.get("double"):
            _compute_in_float64()
            self.double = True
        name, cells = request["module"], request["cells"]
        self.cells = cells
        self.module = types.ModuleType(name)
        if request["notebook"]:
            self.module.__name__ = "__main__"
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if request["notebook"] else 0
        self.module.__file__ = os.path.join(self.directory, f"{name}.py")
        vars(self.module).update(get_ipython=Silent(), display=Silent())  # a notebook has these
        sys.modules[name] = self.module
        as_script.as_a_script(self.module, f"{name}.py")
        sys.path.insert(0, self.directory)
        finder = stubs.Finder()
        sys.meta_path.append(finder)
        self.autograd = prepare()
        if request["device"] != "cpu":
            settle()
        if request["cuda"]:
            self.modes.enter_context(device_substitute.taken_for(request["device"]))
        failures: list[dict[str, Any]] = []
        end = time.monotonic() + request["seconds"]
        for number, cell in enumerate(cells, 1):
            single = len(cells) == 1
            file = self.module.__file__ if single else f"{self.module.__file__}:{number}"
            title = request["name"] if single else f"{request['name']}, code cell {number}"
            self.files[file] = request["titles"][number - 1] if request["titles"] else title
            linecache.cache[file] = (len(cell), None, [f"{line}\n" for line in cell.split("\n")], file)
            failures += self.execute(cell, file, max(end - time.monotonic(), ANOTHER_CELL))
        functions = [key for key, value in vars(self.module).items() if isinstance(key, str) and callable(value)]
        if len(failures) > MOST_FAILURES:
            failures.sort(key=lambda failure: "skipped" in failure)  # what ended the program is always reported
        loaded = {"functions": functions[:200], "failures": failures[:MOST_FAILURES], "stand_ins": finder.used}
        return {"type": "loaded", **loaded}

    def execute(self, cell: str, file: str, seconds: float) -> list[dict[str, Any]]:
        """Run the statements of a file or a cell. Returns the failures."""
        failures: list[dict[str, Any]] = []
        flags = self.flags
        try:
            with time_limit(seconds):
                done, error = self._at_once(cell, file)
                for statement in statements.of(ast.parse(cell, file)) if done != EVERYTHING else ():
                    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                        flags |= future_flags(statement)
                    if statements.end(statement) <= done:
                        continue
                    run = functools.partial(self._run, file, flags)
                    try:
                        if error:
                            raise error
                        run(statement)
                    except Exception as raised:
                        failures += self._skipped(statement, raised, run)
                    error = None
        except BaseException as raised:
            failures.append(self.failure(raised))
        return failures

    def _at_once(self, cell: str, file: str) -> tuple[Position, Exception | None]:
        """Run all statements together, which takes half the time. Returns up to where they have run, and the exception
        of the one that begins there or later: it has to be skipped, and the others run one by one."""
        if self.flags or sys.version_info < (3, 11) or statements.may_be_guarded(cell):  # or Python has no co_positions
            return NOTHING, None
        try:
            code = compile(cell, file, "exec", dont_inherit=True)
        except Exception:  # whatever is before it runs nevertheless
            return NOTHING, None
        try:
            exec(code, vars(self.module))
        except Exception as error:
            trace = error.__traceback__
            while trace and trace.tb_frame.f_code is not code:
                trace = trace.tb_next
            line, _, column, _ = next(islice(code.co_positions(), trace.tb_lasti // 2, None)) if trace else [None] * 4
            if line is None:  # the program must have hidden it
                raise
            return (line, column or 0), error
        return EVERYTHING, None

    def _run(self, file: str, flags: int, statement: ast.stmt) -> None:
        code = compile(ast.Module([statement], []), file, "exec", flags, dont_inherit=True)
        awaiting = eval(code, vars(self.module))
        with contextlib.suppress(StopIteration):
            while awaiting is not None:  # a coroutine, of an `await` in a notebook
                awaiting.send(None)

    def _skipped(self, statement: ast.stmt, error: Exception, run: Callable[[ast.stmt], None]) -> list[dict[str, Any]]:
        """Report a statement that failed; nothing if it failed only because an earlier one did.

        The code below is still graded, and so are functions in the statement: they are defined, without their
        decorators if those fail.
        """
        if isinstance(error, SyntaxError) and error.filename in self.files:  # in what Python's parser lets through
            raise error
        for definition in statements.definitions(statement):
            if definition.name not in vars(self.module) and (definition is not statement or definition.decorator_list):
                definition.decorator_list = definition.decorator_list if definition is not statement else []
                with contextlib.suppress(Exception):
                    run(definition)
        names = [name for name in statements.bound(statement) if name not in vars(self.module)]
        root = self.lost.get(error.name or "") if isinstance(error, NameError) else None
        failure = root or {**self.failure(error), "skipped": True, "names": []}
        failure["names"] = [*failure["names"], *names][:MOST_NAMES]
        self.lost.update(dict.fromkeys(names, failure))
        return [] if root else [failure]

    def call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call a function; see `arguments`.

        If it raises an exception or returns None on another device, the answer on the CPU is used instead if there is
        one: a mistake with devices should only affect the device check. request["strict"]: never do this.
        """
        function, device = self.function(request), request["device"]
        if function is None:
            return {"type": "missing"}
        answer = self._called(function, request, device)
        if device == "cpu" or request["strict"] or not (answer["type"] == "raised" or holds_nothing(answer["value"])):
            return answer
        on_cpu = self._called(function, request, "cpu")
        return on_cpu if on_cpu["type"] == "returned" else answer

    def function(self, request: dict[str, Any]) -> Callable[..., Any] | None:
        """The function that a request names, or one made of the class that it names; None if there is none."""
        found = vars(self.module).get(request["function"])
        if not callable(found):
            return None
        return modules.function(found, how) if (how := request.get("module")) else found

    def _called(self, function: Callable[..., Any], request: dict[str, Any], device: str) -> dict[str, Any]:
        """The result of a call. If it raises an exception for floats, it is repeated with 0-d tensors."""
        errors: list[BaseException] = []
        note = ""
        self.autograd[0] = 0
        attempts: tuple[Callable[[float], Any], ...] = (float, self._tensor)
        for attempt, convert in enumerate(attempts):
            try:
                inputs = given(request, convert, double=self.double, device=device if request["on_device"] else "cpu")
                args, kwargs, note = arguments(function, inputs, request["settings"], device)
                value = encode(function(*args, **kwargs), request["fields"], arrays=bool(request["arrays"]))
                autograd = self.autograd[0] > 0
                return {
                    "type": "returned",
                    "value": value,
                    "as_tensors": attempt > 0,
                    "autograd": autograd,
                    "note": note,
                }
            except modules.ParametersDiffer as error:
                return {"type": "misfit", "found": error.found}
            except BaseException as error:
                errors.append(error)
                if not isinstance(error, (TypeError, AttributeError)) or isinstance(error, SignatureProblem):
                    break
        return {"type": "raised", "failure": self.failure(errors[0]), "note": note}

    def _tensor(self, value: float) -> Any:
        import torch

        return torch.tensor(value, dtype=torch.float64 if self.double else torch.float32)

    def failure(self, error: BaseException) -> dict[str, Any]:
        """An exception as plain data: its type, message, and the innermost line in one of the student's files."""
        with contextlib.suppress(BaseException):  # an exception's class and __str__ may be the student's own
            found: dict[str, Any] = {"type": type(error).__name__[:100], "message": self._without_paths(str(error))}
            if type(error).__module__ != "builtins":
                found.update(python=_pythons(type(error)))
            trace = error.__traceback__
            while trace is not None:
                file = trace.tb_frame.f_code.co_filename
                if file in self.files or file.startswith(self.directory + os.sep):
                    line = _line_of_breakpoint(file, trace.tb_lineno) if found["type"] == "BdbQuit" else trace.tb_lineno
                    source = linecache.getline(file, line).strip()[:200]
                    found.update(line=line, file=self.files.get(file, os.path.basename(file)), source=source)
                    found.update(function=trace.tb_frame.f_code.co_name)
                trace = trace.tb_next
            if isinstance(error, SyntaxError) and error.filename:  # of this file, or of a module that it imports
                file = self.files.get(error.filename, os.path.basename(error.filename))
                source = (error.text or "").strip()[:200]
                found.update(message=str(error.msg)[:500], line=error.lineno, file=file, source=source)
            return found
        return {"type": "Exception", "message": "an exception that cannot be shown"}

    def _without_paths(self, message: str) -> str:
        """The message without the locations of Python and of the working directory."""
        for folder in (self.directory, sys.prefix, sys.base_prefix):
            message = message.replace(f"{folder}{os.sep}", "")
        return message[:500]


def _pythons(kind: type[BaseException]) -> str:
    """The nearest of Python's own exceptions that a type of exception is made from."""
    return next(each.__name__ for each in kind.__mro__ if each.__module__ == "builtins")


def _line_of_breakpoint(file: str, line: int) -> int:
    """The line of the breakpoint; the debugger itself reports the line that is executed next."""
    before = (number for number in range(line, 0, -1) if BREAKPOINT.search(linecache.getline(file, number)))
    return next(before, line)


def _compute_in_float64() -> None:
    import torch

    torch.set_default_dtype(torch.float64)


@functools.cache
def prepare() -> list[int]:
    """Change torch for all programs of this process, and of its forks. Returns the count of `_count_autograd`."""
    _compile_nothing()
    _load_data_here()
    return _count_autograd()


def _count_autograd() -> list[int]:
    """Count the calls that make torch compute gradients, Tensor.backward included, in the returned list."""
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


def _load_data_here() -> None:
    """Let a DataLoader with workers load in this process, which may not start others. The order stays the same."""
    from torch.utils.data import DataLoader

    init = DataLoader.__init__
    signature = inspect.signature(init)
    alone = {
        **{"num_workers": 0, "timeout": 0, "multiprocessing_context": None},
        **{"prefetch_factor": None, "persistent_workers": False},
    }

    @functools.wraps(init)
    def without_workers(*args: Any, **kwargs: Any) -> None:
        asked = signature.bind(*args, **kwargs)
        asked.arguments.update(alone)
        init(*asked.args, **asked.kwargs)

    DataLoader.__init__ = without_workers  # type: ignore[method-assign]  # subclasses have it too


def _compile_nothing() -> None:
    """Make torch.compile return its argument: compiling takes longer than importing torch, and needs a C++ compiler."""
    import torch

    def compile(model: Any = None, **options: Any) -> Any:
        return model if model is not None else lambda decorated: decorated

    vars(torch)["compile"] = compile


def future_flags(statement: ast.ImportFrom) -> int:
    """The compiler's flags for a `from __future__ import`."""
    features = [getattr(__future__, alias.name, None) for alias in statement.names]
    return sum(feature.compiler_flag for feature in features if feature is not None)


@contextlib.contextmanager
def time_limit(seconds: float, *, of_processor: bool = False) -> Iterator[None]:
    """Raise LoadingTookTooLong in the code of a `with` block that runs, or uses the processor, for longer."""

    def stop(signum: int, frame: Any) -> None:
        raise LoadingTookTooLong("the code outside of functions ran for too long")

    timer, number = (signal.ITIMER_PROF, signal.SIGPROF) if of_processor else (signal.ITIMER_REAL, signal.SIGALRM)
    previous = signal.signal(number, stop)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, previous)
