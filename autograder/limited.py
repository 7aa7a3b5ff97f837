"""Limits for work on untrusted data, which may take any amount of memory or time: `run` does it in a separate process
with a limit of both, `Repeated` does the same for work that comes again and again, `processor_time` and `wall_time`
limit the time of work in this process."""

import contextlib
import gc
import json
import os
import resource
import select
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from autograder.errors import FAULT_STATUS

MEMORY = 256 << 20  # bytes beyond what this process has mapped; only Linux enforces it
SECONDS = 10.0  # of wall time
LARGEST = 64 << 20  # bytes of a result
CHUNK = 1 << 16
MOST_RAISED = 60  # how often code that takes too long is asked to end
MOST_FILES = 1 << 16  # descriptors that may be open

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
        _end(pid)
    done: T = _result(kind, sent)
    return done


class Repeated(Generic[T]):
    """`run` for the same work again and again: the process stays, so that a call costs no fork.

    It starts with the first call, and again after a call that needed too much. It ends with this process. Calls of
    several threads follow one another.
    """

    def __init__(self, kind: Any, work: Callable[..., T]) -> None:
        """kind, work: as for `run`; the arguments of `work` are plain data too."""
        self._kind, self._work = kind, work
        self._lock = threading.RLock()  # one who waits for a result may call again
        self._process: _Process | None = None

    def __call__(self, *arguments: Any) -> T:
        """`work(*arguments)`. Raises as `run` does."""
        with self.begun(*arguments) as result:
            return result()

    @contextlib.contextmanager
    def begun(self, *arguments: Any) -> Iterator[Callable[[], T]]:
        """Begin a call, to do something else meanwhile. What is given waits for the result, and raises as `run` does.

        Without the result, the process ends: its answer would come with the next call.
        """
        with self._lock:
            deadline, waiting = time.monotonic() + SECONDS, True

            def result() -> T:
                nonlocal waiting
                sent, waiting = b"", False
                try:
                    with suppress(OSError):
                        sent = _received(self._process.reading, deadline, end=b"\n") if self._process else b""
                finally:
                    if not sent:
                        self._end_process()
                done: T = _result(self._kind, sent)
                return done

            try:
                self._ask(f"{json.dumps(arguments)}\n".encode())
                yield result
            finally:
                if waiting:
                    self._end_process()

    def _ask(self, line: bytes) -> None:
        """Send a call to the process, which is started if there is none; without one the call has no answer."""
        if self._process and not self._process.runs():
            self._end_process()
        with suppress(OSError):  # none can be started, or it ends while it is asked
            self._process = self._process or _started(self._work)
            with open(self._process.writing, "wb", closefd=False) as stream:
                stream.write(line)

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process:
            process.end()


@dataclass(frozen=True)
class _Process:
    """A process that does work for another one, and the pipes to it and from it."""

    owner: int
    pid: int
    writing: int
    reading: int

    def runs(self) -> bool:
        """Whether it runs, and for this process: a fork of its owner must not ask it."""
        try:
            return self.owner == os.getpid() and os.waitpid(self.pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:  # something else in this process waited for it
            return False

    def end(self) -> None:
        """End it and close the pipes. A fork of the owner only closes its own ends of them."""
        if self.owner == os.getpid():
            with suppress(ChildProcessError, ProcessLookupError):
                _end(self.pid)
        os.close(self.writing)
        os.close(self.reading)


def _started(work: Callable[..., Any]) -> _Process:
    asked, answers = os.pipe(), os.pipe()
    try:
        pid = os.fork()
    except OSError:
        for pipe in (*asked, *answers):
            os.close(pipe)
        raise
    if pid == 0:
        _serve(asked[0], answers[1], work)
    os.close(asked[0])
    os.close(answers[1])
    return _Process(os.getpid(), pid, asked[1], answers[0])


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _result(kind: Any, sent: bytes) -> Any:
    """What a process sent. Raises TooMuch if that is nothing, and the ValueError that it sent."""
    try:
        problem, result = json.loads(sent)
    except ValueError:  # nothing or only a part arrived: the process was killed
        raise TooMuch from None
    if problem is not None:
        raise ValueError(problem)
    return msgspec.convert(result, kind)


@contextlib.contextmanager
def processor_time(seconds: float, within: types.CodeType, spared: Path) -> Iterator[None]:
    """Raise TooMuch in this block once it has used so much CPU time, and again after every further second. Code that
    catches it each time, for a minute, ends this process: what it has written so far is complete.

    Signals reach only the main thread: in any other thread there is no limit.

    Args:
        seconds: the limit.
        within: TooMuch is raised only while this function is running, because only there it is expected.
        spared: a folder of code that is never interrupted, because it must not stop halfway.
    """
    with _interrupted(signal.ITIMER_VIRTUAL, signal.SIGVTALRM, seconds, within, spared):
        yield


@contextlib.contextmanager
def wall_time(seconds: float, within: types.CodeType, spared: Path) -> Iterator[None]:
    """The same with a limit of wall time, for code that may wait for ever."""
    with _interrupted(signal.ITIMER_REAL, signal.SIGALRM, seconds, within, spared):
        yield


@contextlib.contextmanager
def _interrupted(
    timer: int, number: signal.Signals, seconds: float, within: types.CodeType, spared: Path
) -> Iterator[None]:
    raised = 0

    def stop(signum: int, frame: types.FrameType | None) -> None:
        nonlocal raised
        expected = False
        while frame is not None:
            if Path(frame.f_code.co_filename).is_relative_to(spared):
                return  # the signal comes again in a second
            expected |= frame.f_code is within
            frame = frame.f_back
        if expected:
            raised += 1
            if raised > MOST_RAISED:
                print("autograder: a check caught the exception that ends it, again and again", file=sys.__stderr__)
                os._exit(FAULT_STATUS)
            raise TooMuch

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, stop)
    signal.setitimer(timer, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)


def _received(reading: int, deadline: float, end: bytes = b"") -> bytes:
    """All bytes until the other end is closed, or until they end with `end`; empty if that takes too long, or if they
    are too many."""
    received = bytearray()
    while select.select([reading], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(reading, CHUNK)
        received += part
        if not part or (end and part.endswith(end)):
            return bytes(received)
        if len(received) > LARGEST:
            break
    return b""


def _work(writing: int, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """In the fork: do the work, send the result, and end; send nothing if memory or time run out."""
    with suppress(BaseException):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # the fork inherits this process's handlers
            signal.signal(number, signal.SIG_DFL)
        _limit()
        sent = _done(work, arguments)
        with open(writing, "wb") as stream:
            stream.write(sent)
    os._exit(0)


def _serve(reading: int, writing: int, work: Callable[..., Any]) -> None:
    """In the fork: do the work for each line of arguments, and send a line for each, until the other end is closed."""
    with suppress(BaseException):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # the owner may finish something before it ends
            signal.signal(number, signal.SIG_IGN)
        first, second = sorted((reading, writing))
        for low, high in ((3, first), (first + 1, second), (second + 1, MOST_FILES)):
            os.closerange(low, high)  # whoever waits for the end of one of the owner's pipes must not wait for this
        _limit()
        gc.freeze()  # a collection would write to all memory that is shared with the owner
        with open(reading, "rb") as asked, open(writing, "wb") as answers:
            for line in asked:
                _allow_processor_time()
                answers.write(_done(work, json.loads(line)) + b"\n")
                answers.flush()
    os._exit(0)


def _done(work: Callable[..., Any], arguments: Sequence[Any]) -> bytes:
    """The result of the work, or the message of its ValueError, as JSON, which has no line break."""
    try:
        answer: tuple[str | None, Any] = (None, work(*arguments))
    except ValueError as error:
        answer = (str(error), None)
    return json.dumps(msgspec.to_builtins(answer)).encode()


def _limit() -> None:
    with suppress(OSError, ValueError):  # macOS has neither this file nor this limit
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _lower(resource.RLIMIT_AS, mapped + MEMORY)
    _allow_processor_time()
    _lower(resource.RLIMIT_CORE, 0)


def _allow_processor_time() -> None:
    """Let this process end by itself if it works on for too long and nobody is left to kill it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time() + SECONDS) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _lower(limit: int, value: int) -> None:
    soft, hard = resource.getrlimit(limit)
    lowest = min([value, *(each for each in (soft, hard) if each != resource.RLIM_INFINITY)])
    resource.setrlimit(limit, (lowest, hard))
