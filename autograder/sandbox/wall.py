"""The trusted end of the wall: starts the fork server, and talks to its children with deadlines that are kept from
outside."""

import contextlib
import json
import math
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.sandbox.protocol import HEADER, LONGEST_FRAME, ProtocolError, Reply, clean, decode, encode

LOOK = 0.25  # seconds between two looks at how much a child has written


class GraderFault(Exception):
    """The grader itself cannot go on; nothing that the student did."""


class TooMuchWritten(Exception):
    """A child's folder has grown beyond its limit."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use: seconds of wall time, and bytes."""

    call: float
    load: float
    submission: float
    memory: int = 512 << 20  # beyond what Python and torch have mapped when the child starts
    output: int = 32 << 10  # kept of stdout and stderr for one request; the rest is read and thrown away
    files: int = 10 << 20


@dataclass(frozen=True)
class Ended:
    """The child went away instead of answering. `how` completes "your code …"."""

    how: str


@dataclass(frozen=True)
class TimedOut:
    """No answer within the limit; the child was killed."""

    seconds: float


@dataclass(frozen=True)
class Answer:
    """What came back for one request, and what was printed meanwhile."""

    reply: Reply | Ended | TimedOut
    printed: str = ""


class Wall:
    """A fork server that has imported torch, and the way to its children. Use as a context manager.

    Starting it returns at once; the import goes on in the other process while the judge reads rubric and submission.
    """

    # What Python runs; the descriptor of its socket is added.
    SERVER = ("-c", "from autograder.sandbox import zygote; zygote.hide_the_grader(); zygote.main()")

    def __init__(self) -> None:
        self._uid, self._why_no_uid = user_for_children()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process that writes to it
        self._start()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-W", "ignore", *self.SERVER, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                env=_environment(),
                pass_fds=[theirs.fileno()],
                cwd="/",
                start_new_session=True,
            )

    def __enter__(self) -> "Wall":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the fork server and all its children."""
        self._control.close()  # the server kills its children when it reads the end of this
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:  # still importing torch
            self._process.kill()
            self._process.wait()

    @property
    def server_pid(self) -> int:
        """The process of the fork server."""
        return self._process.pid

    def warm(self, module: str) -> None:
        """Import `module` in the server, once for all children that come."""
        self._ask({"do": "import", "module": module})

    def fork(self, directory: Path, limits: Limits, *, gpu: bool = False) -> "Child":
        """A fresh child, confined, that has torch imported and `directory` as its working directory and home."""
        bounds = {
            "directory": str(directory),
            "memory": limits.memory,
            "file_size": limits.files,
            "cpu_seconds": math.ceil(limits.submission),
            "uid": self._uid,
            "why_no_uid": self._why_no_uid,
            "gpu": gpu,
        }
        if self._uid is not None:
            _give_to(self._uid, directory)
        ours, channel = socket.socketpair()
        read, write = os.pipe()
        os.set_blocking(read, False)
        try:
            pid = self._ask({"do": "fork", "bounds": bounds}, [channel.fileno(), write])["pid"]
        except BaseException:
            ours.close()
            os.close(read)
            raise
        finally:
            channel.close()
            os.close(write)
        return Child(self, pid, ours, read, directory, limits)

    def end(self, pid: int) -> int:
        """Kill a child with all that it started; returns its wait status."""
        return int(self._ask({"do": "end", "pid": pid})["status"])

    def _ask(self, request: Mapping[str, Any], descriptors: list[int] | None = None) -> dict[str, Any]:
        for last in (False, True):
            try:
                socket.send_fds(self._control, [json.dumps(request).encode() + b"\n"], descriptors or [])
                answer = b""
                while not answer.endswith(b"\n"):
                    part = self._control.recv(65_536)
                    if not part:
                        raise ConnectionResetError
                    answer += part
                return dict(json.loads(answer))
            except ConnectionError:
                if last or self._process.wait(10) >= 0:  # it ended by itself: torch cannot be imported, say
                    raise GraderFault(f"the process that runs students' code ended: {self._last_words()}") from None
                self._control.close()
                self._start()  # it was killed, and no child of it is left: begin anew
                if request["do"] == "end":
                    return {"status": signal.SIGKILL}
        raise AssertionError("unreachable")

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read()[-4000:].decode(errors="replace").strip().splitlines()
        return clean(lines[-1]) if lines else f"exit status {self._process.returncode}"


class Child:
    """One process of a student's (or the reference's), asked one request at a time."""

    def __init__(
        self, wall: Wall, pid: int, channel: socket.socket, output: int, directory: Path, limits: Limits
    ) -> None:
        self._wall = wall
        self.pid = pid
        self._channel = channel
        self._output = output
        self._directory = directory
        self._limits = limits
        self._requests = 0
        self.alive = True
        channel.setblocking(False)

    def ask(self, request: Mapping[str, Any], seconds: float) -> Answer:
        """The reply to `request` if it comes within `seconds` (wall time). Anything else ends the child."""
        self._requests += 1
        frame = encode({"id": self._requests, **request})
        printed = bytearray()
        try:
            body = self._exchange(frame, time.monotonic() + seconds, printed)
            self._drain(printed)
            return Answer(decode(body, self._requests), _text(printed))
        except TimeoutError:
            self.close()
            return Answer(TimedOut(seconds), _text(printed))
        except TooMuchWritten:
            self.close()
            how = f"wrote more than {self._limits.files >> 20} MB into files"
            return Answer(Ended(how), _text(printed))
        except (ProtocolError, ConnectionError):
            self._drain(printed)
            return Answer(Ended(_how(self.close())), _text(printed))

    def close(self) -> int:
        """Kill the process and all that it started; returns its wait status (0 when it was closed before)."""
        if not self.alive:
            return 0
        self.alive = False
        self._channel.close()
        status = self._wall.end(self.pid)
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
                if not ready and _size(self._directory) > self._limits.files:
                    raise TooMuchWritten
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
                            return body

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


def user_for_children() -> tuple[int | None, str]:
    """The numeric user that children become, or None and why not. It needs no entry in /etc/passwd."""
    if os.geteuid() != 0:
        return None, "only root can run a child as another user"
    for path in (sys.prefix, sys.base_prefix, sys.executable):
        for folder in (Path(path).resolve(), *Path(path).resolve().parents):
            if not folder.stat().st_mode & 0o001:
                return None, f"{folder} is closed to other users, and Python lies in it"
    return 200_000 + os.getpid() % 10_000, ""


def _give_to(uid: int, directory: Path) -> None:
    """Make a fresh working directory the child's; one that it had before is its own already, and may be a maze."""
    if directory.stat().st_uid == uid:
        return
    for folder, _, files in os.walk(directory):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            os.lchown(path, uid, uid)


def _size(directory: Path) -> int:
    """Bytes in the files below a folder, 4 KB more for each entry. Not recursive: folders may be nested without end."""
    total = 0
    folders = [str(directory)]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                total += entry.stat(follow_symlinks=False).st_size + 4096
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return total


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


def _environment() -> dict[str, str]:
    """What a student's process sees of the environment: nothing of the user's."""
    kept = {
        name: os.environ[name]
        for name in ("LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "SYSTEMROOT")
        if name in os.environ
    }
    return {
        **kept,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        # One thread: a second one started before the fork does not survive it, and small graphs gain nothing from it.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
    }
