"""The trusted end of the wall: starts the fork server, and has it fork and end children."""

import contextlib
import json
import math
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.errors import GraderFault
from autograder.sandbox.host import workdir
from autograder.sandbox.host.confinement import READABLE
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.process import SandboxProcess
from autograder.text import clean

OPEN_TO_ALL = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")
FIRST_USER, LAST_USER = 200_000, 2**32 - 2  # setresuid(2) takes no larger number
USERS = 100  # for the children of one fork server, of whom two or three live at a time


class ForkServer:
    """A fork server that has imported torch, and the way to its children. Use as a context manager.

    Starting it returns at once; the import goes on in the other process while the judge reads rubric and submission.
    """

    # What Python runs; the descriptor of its socket is added.
    SERVER = ("-c", "from autograder.sandbox.child import server; server.hide_the_grader(); server.main()")

    def __init__(self) -> None:
        self._uid, self._why_no_uid = user_for_children()
        self._folders: dict[int, Path] = {}  # by the user that it was given to
        self.writes_elsewhere = False  # whether a child can, for want of Landlock; set by who has asked one
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

    def __enter__(self) -> "ForkServer":
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

    def fork(self, directory: Path, limits: ProcessLimits, *, gpu: bool = False) -> "SandboxProcess":
        """A fresh child, confined, that has torch imported and `directory` as its working directory and home.

        Where it can, it becomes a user of its own: the one to whom the directory was given, or else a new one.
        """
        uid = self._user_of(directory)
        bounds = {
            "directory": str(directory),
            "memory": limits.memory,
            "file_size": limits.files,
            "submitted": limits.submitted,
            "cpu_seconds": math.ceil(limits.submission),
            "uid": uid,
            "why_no_uid": self._why_no_uid,
            "gpu": gpu,
            "readable": READABLE,
        }
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
        return SandboxProcess(self.end, pid, ours, read, directory, limits)

    def _user_of(self, directory: Path) -> int | None:
        """The user of a working directory, which is given to them if it is new. Submissions, and so the reference and a
        submission, are closed to each other by that alone."""
        if self._uid is None:
            return None
        owner = directory.stat().st_uid
        if owner in self._folders and self._folders[owner] == directory:
            return owner
        uid = next(uid for uid in range(self._uid, self._uid + USERS) if not _exists(self._folders.get(uid)))
        self._folders[uid] = directory
        workdir.give_to(uid, directory)
        return uid

    def clean(self, directory: Path) -> None:
        """Remove what the user of a working directory, which is gone, has left where all may write. Nothing where each
        child can write in its directory only, or has no user of its own."""
        if not self.writes_elsewhere:
            return
        for uid in [uid for uid, given in self._folders.items() if given == directory]:
            for place in _open_to_all():
                workdir.remove_of(uid, Path(place))

    def end(self, pid: int) -> int:
        """Kill a child with all that it started; returns its wait status."""
        return int(self._ask({"do": "end", "pid": pid})["status"])

    def _ask(self, request: Mapping[str, Any], descriptors: list[int] | None = None) -> dict[str, Any]:
        if self._control.fileno() < 0 and request["do"] == "end":
            return {"status": signal.SIGKILL}  # the server ends all children when it reads the end of the socket
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
            except KeyboardInterrupt:  # else its answer would be taken for the one to the next request
                self._control.close()
                raise
        raise AssertionError("unreachable")

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read()[-4000:].decode(errors="replace").strip().splitlines()
        return clean(lines[-1]) if lines else f"exit status {self._process.returncode}"


def user_for_children() -> tuple[int | None, str]:
    """The first of the numeric users that children become, or None and why not. They need no entry in /etc/passwd."""
    if os.geteuid() != 0:
        return None, "only root can run a child as another user"
    for path in (sys.prefix, sys.base_prefix, sys.executable):
        for place in (Path(path).resolve(), *Path(path).resolve().parents):
            if not place.stat().st_mode & 0o001:
                return None, f"{place} is closed to other users, and Python lies in it"
    first = _free(FIRST_USER + os.getpid() % 10_000 * USERS)
    return (first, "") if first + USERS < LAST_USER else (None, "all numbers of users are given away on this machine")


def _free(first: int) -> int:
    """The first of so many numbers from `first` on that are no user's: neither listed, nor given to containers, nor
    the owner of something where all may write, which would be removed with a submission."""
    taken = {user.pw_uid for user in pwd.getpwall()}
    for place in _open_to_all():
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            taken |= {entry.stat(follow_symlinks=False).st_uid for entry in entries}
    for begin, number in sorted([*((uid, 1) for uid in taken), *_of_containers()]):
        if begin < first + USERS and first < begin + number:
            first = begin + number
    return first


def _open_to_all() -> set[str]:
    """The folders where every user can make files."""
    return {*OPEN_TO_ALL, os.environ.get("TMPDIR", "/tmp")}


def _of_containers() -> list[tuple[int, int]]:
    """Numbers that are given to users for their containers: the first, and how many (subuid(5))."""
    found = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/etc/subuid").read_text().splitlines():
            _, begin, number = line.split(":")
            found.append((int(begin), int(number)))
    return found


def _exists(directory: Path | None) -> bool:
    return directory is not None and directory.exists()


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
