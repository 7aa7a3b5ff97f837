"""One sandbox process, seen from the grader: it gets one request at a time, and the grader enforces the time limit."""

import errno
import math
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox.host import workdir
from autograder.sandbox.host.limits import LEAST_ROOM, ProcessLimits
from autograder.sandbox.host.protocol import HEADER, LONGEST_FRAME, ProtocolError, Reply, decode, encode
from autograder.text import clean

_PLACE = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY  # only Linux has the former
CHECK_INTERVAL = 0.25  # seconds between two checks of how much a process has written
QUIET = 0.01  # seconds in which the process is not heard when it prints: an answer to wait for comes sooner, mostly


class NoRoom(Exception):
    """The disk is nearly full. room: bytes that are free."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room


@dataclass(frozen=True)
class Ended:
    """The process ended instead of answering. `how` completes the sentence "your code …"."""

    how: str


@dataclass(frozen=True)
class TimedOut:
    """There was no answer within the limit, and the process was killed."""

    seconds: float


@dataclass(frozen=True)
class Response:
    """The reply to one request, and what was printed in the meantime."""

    reply: Reply | Ended | TimedOut
    printed: str = ""


class SandboxProcess:
    """One process of a submission or of the reference."""

    def __init__(
        self,
        end: Callable[[int], int],
        pid: int,
        channel: socket.socket,
        output: int,
        directory: Path,
        limits: ProcessLimits,
    ) -> None:
        self._end = end
        self.pid = pid
        self._channel = channel
        self._output = output
        self._directory = directory
        self._limits = limits
        self._requests = 0
        self._silent = False  # whether it can print nothing more
        self._next_check = time.monotonic() + CHECK_INTERVAL
        self._own_disk = f"/proc/{pid}/root{directory}"  # the working directory, as the process sees it
        self._disk: int | None = None  # the descriptor of that, if it has its own disk; it cannot give it up
        self._device = os.stat(directory).st_dev  # of the working directory, as we see it
        self._free_at_start = workdir.free_space(directory)  # bytes, before the program wrote anything
        self.alive = True
        channel.setblocking(False)

    def ask(self, request: Mapping[str, Any], seconds: float) -> Response:
        """Send `request`; return the reply if it comes within `seconds` of wall time. Anything else ends the process.

        Raises OSError (ENOSPC) if the disk is nearly full, and not because of what this process has written.
        """
        self._requests += 1
        frame = encode({"id": self._requests, **request})
        printed = bytearray()
        try:
            body = self._exchange(frame, time.monotonic() + seconds, printed)
            self._drain(printed)
            return Response(decode(body, self._requests), _as_text(printed))
        except TimeoutError:
            self.close()
            return Response(TimedOut(seconds), _as_text(printed))
        except workdir.TooMuchWritten as error:
            self.close()
            return Response(Ended(str(error)), _as_text(printed))
        except NoRoom as error:
            self.close()
            freed = workdir.free_space(self._directory) - error.room  # of files that had no name any more
            if freed > self._limits.files:
                return Response(Ended(self._too_much()), _as_text(printed))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._directory)) from None
        except (ProtocolError, OSError):  # whatever is wrong with the channel, the process caused it
            self._drain(printed)
            return Response(Ended(_how_it_ended(self.close())), _as_text(printed))

    @property
    def has_own_disk(self) -> bool:
        """Whether its working directory is a file system of its own, as far as we have seen; see `confine.own_disk`."""
        return self._disk is not None

    def close(self) -> int:
        """Kill the process and everything it started. Returns its wait status, 0 if it was closed before."""
        if not self.alive:
            return 0
        self.alive = False
        self._channel.close()
        if self._disk is not None:
            os.close(self._disk)
        status = self._end(self.pid)
        os.close(self._output)
        return status

    def _exchange(self, frame: bytes, deadline: float, printed: bytearray) -> bytes:
        """Send a frame and receive one, and read what is printed in the meantime.

        Raises TimeoutError, ConnectionError, ProtocolError, TooMuchWritten and NoRoom.
        """
        received = bytearray()
        unsent = self._send(memoryview(frame))
        listening = time.monotonic() + QUIET
        while True:
            now = time.monotonic()
            if now >= deadline:
                raise TimeoutError
            for fd, event in self._ready(deadline - now, writing=bool(unsent), listening=now >= listening):
                if fd == self._output:
                    self._silent = not self._read_output(printed)
                    continue
                if event & select.POLLOUT:
                    unsent = self._send(unsent)
                if event & ~select.POLLOUT:
                    part = self._channel.recv(65_536)
                    if not part:
                        raise ConnectionResetError
                    received += part
                    body = _complete_frame(received)
                    if body is not None:
                        if (self._own_disk_use() or 0) > self._allowed:  # it wrote this since the last check
                            raise workdir.TooMuchWritten(self._too_much())
                        return body

    def _send(self, unsent: memoryview) -> memoryview:
        """Send what the process takes at once. Returns the rest."""
        try:
            return unsent[self._channel.send(unsent) :]
        except BlockingIOError:
            return unsent

    def _ready(self, seconds: float, *, writing: bool, listening: bool) -> list[tuple[int, int]]:
        """Wait for the process. listening: whether to what it prints, too. Returns descriptors, each with its events.

        Raises TooMuchWritten and NoRoom.
        """
        poll = select.poll()
        poll.register(self._channel, select.POLLIN | (select.POLLOUT if writing else 0))
        if listening and not self._silent:
            poll.register(self._output, select.POLLIN)
        ready = poll.poll(math.ceil(1000 * min(seconds, CHECK_INTERVAL if listening else QUIET)))
        self._check_disk()
        return ready

    def _check_disk(self) -> None:
        """Check how much was written. This goes by the clock, so that nothing the process does can prevent it.

        Raises TooMuchWritten and NoRoom.
        """
        now = time.monotonic()
        if now >= self._next_check:
            self._next_check = now + CHECK_INTERVAL
            own = self._own_disk_use()
            if (workdir.size(self._directory, self._allowed) if own is None else own) > self._allowed:
                raise workdir.TooMuchWritten(self._too_much())
            if own is None:  # otherwise nothing it writes can fill the disk
                room = workdir.free_space(self._directory)
                if room < LEAST_ROOM and self._free_at_start - room > self._limits.files:
                    raise NoRoom(room)

    def _own_disk_use(self) -> int | None:
        """Bytes used in the process's own file system (see `confine.own_disk`); None if it has none, or if we may not
        look at it."""
        try:
            if self._disk is None:
                disk = os.open(self._own_disk, _PLACE)
                if os.fstat(disk).st_dev == self._device:
                    os.close(disk)
                    return None
                self._disk = disk  # asked after each answer: to find it by its name takes four times as long
            found = os.fstatvfs(self._disk)
        except OSError:
            return None
        return (found.f_blocks - found.f_bfree) * found.f_frsize + (found.f_files - found.f_ffree) * workdir.ENTRY

    @property
    def _allowed(self) -> int:
        return self._limits.submitted + self._limits.files

    def _too_much(self) -> str:
        return f"wrote more than {self._limits.files >> 20} MB into files"

    def _read_output(self, printed: bytearray) -> bool:
        """Read some of what was printed. Returns False when nothing more can follow."""
        try:
            part = os.read(self._output, 65_536)
        except BlockingIOError:
            return True
        printed += part[: self._limits.output - len(printed)]
        return bool(part)

    def _drain(self, printed: bytearray) -> None:
        for _ in range(32):  # a pipe holds 64 KiB; endless output must not keep the grader here
            before = len(printed)
            if not self._read_output(printed) or len(printed) == before:
                return


def _complete_frame(received: bytearray) -> bytes | None:
    if len(received) < HEADER.size:
        return None
    (length,) = HEADER.unpack(received[: HEADER.size])
    if length > LONGEST_FRAME or len(received) > HEADER.size + length:
        raise ProtocolError("the frame is too long")
    return bytes(received[HEADER.size :]) if len(received) == HEADER.size + length else None


def _how_it_ended(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGKILL:
            return "closed its connection to the grader, or was killed for using too much memory"
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = str(number)
        return f"crashed the Python interpreter (signal {name})"
    return f"ended the whole Python process (exit status {os.WEXITSTATUS(status)}), as os._exit() does"


def _as_text(printed: bytearray) -> str:
    return clean(bytes(printed).decode("utf-8", "replace"), 4000) if printed else ""
