"""Finds what would go wrong in a function on a GPU, without needing one. Runs in the sandbox.

The function is called with the device "cuda". Everything is computed on the CPU nevertheless, with the same values,
while `Watch` tracks which tensors PyTorch would place on the GPU.
"""

import contextlib
import math
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograder.sandbox.child.arguments import SignatureProblem, arguments
from autograder.sandbox.child.device_substitute import replaced, taken_for
from autograder.sandbox.child.device_watch import Place, Watch
from autograder.sandbox.child.encode import encode, holds_nothing
from autograder.sandbox.child.given import given
from autograder.sandbox.child.load import LoadedProgram

MOST_BUGS = 5


def find(program: LoadedProgram, request: dict[str, Any]) -> dict[str, Any]:
    """The device bugs of a function, or why nothing can be said.

    Each bug has a kind and, if known, the index of the input concerned and the cell and line:
    "cuda"    a CUDA device is used although the CPU was given,
    "cpu"     a tensor is left on the CPU,
    "leaf"    a tensor is moved after requires_grad was set, so that its .grad stays None,
    "numpy"   a tensor on the device is converted to a NumPy array.
    """
    function: Any = program.function(request)
    inputs = given(request, float, double=program.double, device="cpu")
    try:
        on_cpu, on_gpu = (arguments(function, inputs, request["settings"], name) for name in ("cpu", "cuda"))
    except SignatureProblem:
        return _found([], "raised")
    if on_cpu == on_gpu:
        return _found([], "no device")
    import torch

    with replaced(torch.cuda, is_available=lambda: True), _default_device_kept():
        bugs = _hard_coded(program, lambda: function(*on_cpu.args, **on_cpu.kwargs)) if request["cuda"] else []
        if bugs:
            return _found(bugs)

        def call() -> object:
            there = given(request, float, double=program.double, device="cuda" if request["on_device"] else "cpu")
            on_gpu = arguments(function, there, request["settings"], "cuda")
            return function(*on_gpu.args, **on_gpu.kwargs)

        numbers = [value if isinstance(value, float) else math.nan for value in inputs.values()]
        return _followed(program, numbers, call)


def _hard_coded(program: LoadedProgram, call: Callable[[], object]) -> list[dict[str, Any]]:
    """The places where a call with the CPU as its device asks for CUDA."""
    bugs: list[dict[str, Any]] = []
    with contextlib.suppress(BaseException), taken_for("cpu", lambda: bugs.append(_bug("cuda", None, _place(program)))):
        call()
    return bugs


def _followed(program: LoadedProgram, inputs: Sequence[float], call: Callable[[], object]) -> dict[str, Any]:
    """The bugs found in a call with a GPU as its device."""
    watch = Watch(inputs, lambda: _place(program))
    failure, missed = "", False  # missed: a gradient is missing
    try:
        with watch.on():
            value = call()
        missed = holds_nothing(encode(value))
    except BaseException as error:
        failure = program.failure(error)["message"] or "raised"
    seen = list(watch.seen)
    if missed or "NoneType" in failure or "leaf" in failure:
        seen += watch.moved_leaves
    if seen:
        return _found([_bug(*each) for each in seen])
    return _found([], "raised" if failure else "" if watch.computed else "device unused")


@contextlib.contextmanager
def _default_device_kept() -> Iterator[None]:
    def default() -> Any:  # None where none was set
        return getattr(sys.modules.get("torch.utils._device"), "CURRENT_DEVICE", None)

    before = default()
    try:
        yield
    finally:
        if default() != before:
            sys.modules["torch"].set_default_device(before)


def _place(program: LoadedProgram) -> Place:
    """The cell and line of the program that is being executed."""
    cells = list(program.files)
    frame: types.FrameType | None = sys._getframe()
    while frame:
        if frame.f_code.co_filename in cells:
            return cells.index(frame.f_code.co_filename) + 1, frame.f_lineno
        frame = frame.f_back
    return None


def _bug(kind: str, parameter: int | None, place: Place) -> dict[str, Any]:
    cell, line = place or (None, None)
    return {"kind": kind, "parameter": parameter, "cell": cell, "line": line}


def _found(bugs: Sequence[dict[str, Any]], undecided: str = "") -> dict[str, Any]:
    """The first few bugs, each once."""
    different = [bug for number, bug in enumerate(bugs) if bug not in bugs[:number]]
    return {"type": "device_bugs", "bugs": different[:MOST_BUGS], "undecided": undecided}
