"""The trusted end of one child: one request at a time, each with a deadline that is kept from outside."""

import errno
import os
import selectors
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

LOOK = 0.25  # seconds between two looks at how much a child has written


class NoRoom(Exception):
    """The disk is nearly full. room: bytes that are free."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room


@dataclass(frozen=True)
class Ended:
    """The child went away instead of answering. `how` completes "your code …"."""

    how: str


@dataclass(frozen=True)
class TimedOut:
    """No answer within the limit; the child was killed."""

    seconds: float


@dataclass(frozen=True)
class Response:
    """What came back for one request, and what was printed meanwhile."""

    reply: Reply | Ended | TimedOut
    printed: str = ""


class SandboxProcess:
    """One process of a student's (or the reference's), asked one request at a time."""

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
        self._next_look = time.monotonic() + LOOK
        self._room = workdir.free(directory)  # on the disk before it began
        self.alive = True
        channel.setblocking(False)

    def ask(self, request: Mapping[str, Any], seconds: float) -> Response:
        """The reply to `request` if it comes within `seconds` (wall time). Anything else ends the child.

        Raises OSError (ENOSPC) where the disk is nearly full, and not by what this child has written.
        """
        self._requests += 1
        frame = encode({"id": self._requests, **request})
        printed = bytearray()
        try:
            body = self._exchange(frame, time.monotonic() + seconds, printed)
            self._drain(printed)
            return Response(decode(body, self._requests), _text(printed))
        except TimeoutError:
            self.close()
            return Response(TimedOut(seconds), _text(printed))
        except workdir.TooMuchWritten as error:
            self.close()
            return Response(Ended(str(error)), _text(printed))
        except NoRoom as error:
            self.close()
            if workdir.free(self._directory) - error.room > self._limits.files:  # of files that had no name any more
                return Response(Ended(self._too_much()), _text(printed))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._directory)) from None
        except (ProtocolError, OSError):  # whatever is wrong with the channel, it is the child's doing
            self._drain(printed)
            return Response(Ended(_how(self.close())), _text(printed))

    def close(self) -> int:
        """Kill the process and all that it started; returns its wait status (0 when it was closed before)."""
        if not self.alive:
            return 0
        self.alive = False
        self._channel.close()
        status = self._end(self.pid)
        os.close(self._output)
        return status

    def _exchange(self, frame: bytes, deadline: float, printed: bytearray) -> bytes:
        """Send a frame and receive one, reading what is printed all the while. Raises TimeoutError, ConnectionError,
        ProtocolError."""
        received = bytearray()
        unsent = memoryview(frame)
        with selectors.PollSelector() as selector:  # lighter to make than epoll, and macOS has it too
            selector.register(self._channel, selectors.EVENT_READ | selectors.EVENT_WRITE)
            selector.register(self._output, selectors.EVENT_READ)
            while True:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise TimeoutError
                ready = selector.select(min(remaining, LOOK))
                self._look()
                for key, events in ready:
                    if key.fd == self._output:
                        if not self._read_output(printed):
                            selector.unregister(self._output)
                        continue
                    if events & selectors.EVENT_WRITE:
                        unsent = unsent[self._channel.send(unsent) :]
                        if not unsent:
                            selector.modify(self._channel, selectors.EVENT_READ)
                    if events & selectors.EVENT_READ:
                        part = self._channel.recv(65_536)
                        if not part:
                            raise ConnectionResetError
                        received += part
                        body = _complete(received)
                        if body is not None:
                            if (self._of_its_own() or 0) > self._allowed:  # it was full sooner than we looked
                                raise workdir.TooMuchWritten(self._too_much())
                            return body

    def _look(self) -> None:
        """Check the disk from time to time, by the clock, so that nothing a child does can prevent it. Raises
        TooMuchWritten and NoRoom."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK
            own = self._of_its_own()
            if (workdir.size(self._directory, self._allowed) if own is None else own) > self._allowed:
                raise workdir.TooMuchWritten(self._too_much())
            if own is None:  # else nothing that it writes can fill the disk
                room = workdir.free(self._directory)
                if room < LEAST_ROOM and self._room - room > self._limits.files:
                    raise NoRoom(room)

    def _of_its_own(self) -> int | None:
        """Bytes in the file system that is the child's folder, see `confine.own_disk`; None where it is an ordinary
        one, or not for us to see."""
        own = f"/proc/{self.pid}/root{self._directory}"
        try:
            if os.stat(own).st_dev == os.stat(self._directory).st_dev:
                return None
            found = os.statvfs(own)
        except OSError:
            return None
        return (found.f_blocks - found.f_bfree) * found.f_frsize + (found.f_files - found.f_ffree) * workdir.ENTRY

    @property
    def _allowed(self) -> int:
        return self._limits.submitted + self._limits.files

    def _too_much(self) -> str:
        return f"wrote more than {self._limits.files >> 20} MB into files"

    def _read_output(self, printed: bytearray) -> bool:
        """Read some of what was printed; False when there can be no more."""
        try:
            part = os.read(self._output, 65_536)
        except BlockingIOError:
            return True
        printed += part[: self._limits.output - len(printed)]
        return bool(part)

    def _drain(self, printed: bytearray) -> None:
        for _ in range(32):  # a pipe holds 64 KiB; a flood must not keep the judge here
            before = len(printed)
            if not self._read_output(printed) or len(printed) == before:
                return


def _complete(received: bytearray) -> bytes | None:
    if len(received) < HEADER.size:
        return None
    (length,) = HEADER.unpack(received[: HEADER.size])
    if length > LONGEST_FRAME or len(received) > HEADER.size + length:
        raise ProtocolError("a frame that is too long")
    return bytes(received[HEADER.size :]) if len(received) == HEADER.size + length else None


def _how(status: int) -> str:
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


def _text(printed: bytearray) -> str:
    return clean(bytes(printed).decode("utf-8", "replace"), 4000)
