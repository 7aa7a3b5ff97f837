"""Limits for work on untrusted data, which may take any amount of memory or time: `run` does it in a separate process
with a limit of both, `processor_time` limits the time of work in this process."""

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

MEMORY = 256 << 20  # bytes beyond what this process has mapped; only Linux enforces it
SECONDS = 10.0  # of wall time
LARGEST = 64 << 20  # bytes of a result
CHUNK = 1 << 16

T = TypeVar("T")


class TooMuch(Exception):
    """The work needed more memory or time than the limit."""


def run(kind: Any, work: Callable[..., T], *arguments: Any) -> T:
    """`work(*arguments)`, done by a fork of this process, which costs some milliseconds.

    Args:
        kind: the type of the result, plain data and dataclasses. The result comes back as JSON, because nothing made
            from untrusted data is ever unpickled.
        work: the function to call.
        arguments: for the function.

    Raises:
        TooMuch: the work needed more memory or time than the limit.
        ValueError: with the message of the ValueError that `work` raised.
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
    except ValueError:  # nothing or only a part arrived: the process was killed
        raise TooMuch from None
    if problem is not None:
        raise ValueError(problem)
    done: T = msgspec.convert(result, kind)
    return done


@contextlib.contextmanager
def processor_time(seconds: float, within: types.CodeType, spared: Path) -> Iterator[None]:
    """Raise TooMuch in this block once it has used so much CPU time, and again after every further second.

    Signals reach only the main thread: in any other thread there is no limit.

    Args:
        seconds: the limit.
        within: TooMuch is raised only while this function is running, because only there it is expected.
        spared: a folder of code that is never interrupted, because it must not stop halfway.
    """

    def stop(signum: int, frame: types.FrameType | None) -> None:
        expected = False
        while frame is not None:
            if Path(frame.f_code.co_filename).is_relative_to(spared):
                return  # the signal comes again in a second
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
    """All bytes until the other end is closed; empty if that takes too long or they are too many."""
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
    """In the fork: do the work, send the result, and end; send nothing if memory or time run out."""
    with suppress(BaseException):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # the fork inherits this process's handlers
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
    with suppress(OSError, ValueError):  # macOS has neither this file nor this limit
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _lower(resource.RLIMIT_AS, mapped + MEMORY)
    _lower(resource.RLIMIT_CPU, int(SECONDS) + 1)  # in case nobody is left to kill it
    _lower(resource.RLIMIT_CORE, 0)


def _lower(limit: int, value: int) -> None:
    soft, hard = resource.getrlimit(limit)
    lowest = min([value, *(each for each in (soft, hard) if each != resource.RLIM_INFINITY)])
    resource.setrlimit(limit, (lowest, hard))
