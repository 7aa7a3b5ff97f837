"""Work on data of others that may take any amount of memory or time: in a process of its own, with a limit of both, or
here with a limit of time."""

import contextlib
import json
import os
import resource
import select
import signal
import threading
import time
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

MEMORY = 256 << 20  # bytes beyond what this process has mapped; only Linux keeps to it
SECONDS = 10.0  # of wall time
LARGEST = 64 << 20  # bytes of a result
CHUNK = 1 << 16

T = TypeVar("T")


class TooMuch(Exception):
    """The work took more memory or time than it may."""


def run(kind: Any, work: Callable[..., T], *arguments: Any) -> T:
    """`work(*arguments)`, done by a fork of this process, which costs some milliseconds.

    kind: the type of the result, plain data and dataclasses: it comes back as JSON, because nothing that a stranger's
    data may have made is unpickled. Raises TooMuch, and ValueError with the words of one that `work` raises.
    """
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise TooMuch from None
    if pid == 0:
        _work(writing, work, arguments)
    os.close(writing)
    try:
        sent = _received(reading, time.monotonic() + SECONDS)
    finally:
        os.close(reading)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    try:
        problem, result = json.loads(sent)
    except ValueError:  # nothing, or a part: it was ended on the way
        raise TooMuch from None
    if problem is not None:
        raise ValueError(problem)
    done: T = msgspec.convert(result, kind)
    return done


@contextlib.contextmanager
def processor_time(seconds: float, within: types.CodeType, spared: Path) -> Iterator[None]:
    """Have what this process does in here raise TooMuch once it has taken so many seconds of processor time, and after
    that for every second more; only in the main thread, elsewhere there is no such limit.

    within: the function in which it is raised, or in what it calls, because there it is expected. spared: the folder of
    code in which it is not, because it must not be left half done.
    """

    def stop(signum: int, frame: types.FrameType | None) -> None:
        expected = False
        while frame is not None:
            if Path(frame.f_code.co_filename).is_relative_to(spared):
                return  # it comes again in a second
            expected |= frame.f_code is within
            frame = frame.f_back
        if expected:
            raise TooMuch

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _received(reading: int, deadline: float) -> bytes:
    """All that comes until the other end is closed; nothing where that takes too long, or it is too much."""
    received = bytearray()
    while select.select([reading], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(reading, CHUNK)
        if not part:
            return bytes(received)
        received += part
        if len(received) > LARGEST:
            break
    return b""


def _work(writing: int, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """In the fork: do the work, send what came of it, and end; without a word where memory or time run out."""
    with suppress(BaseException):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # not what this process has made of them
            signal.signal(number, signal.SIG_DFL)
        _limit()
        try:
            answer: tuple[str | None, Any] = (None, work(*arguments))
        except ValueError as error:
            answer = (str(error), None)
        with open(writing, "w", encoding="ascii") as stream:
            stream.write(json.dumps(msgspec.to_builtins(answer)))
    os._exit(0)


def _limit() -> None:
    with suppress(OSError, ValueError):  # on macOS there is no such file, and no such limit
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _lower(resource.RLIMIT_AS, mapped + MEMORY)
    _lower(resource.RLIMIT_CPU, int(SECONDS) + 1)  # should nobody be left who ends it
    _lower(resource.RLIMIT_CORE, 0)


def _lower(limit: int, value: int) -> None:
    soft, hard = resource.getrlimit(limit)
    lowest = min([value, *(each for each in (soft, hard) if each != resource.RLIM_INFINITY)])
    resource.setrlimit(limit, (lowest, hard))
