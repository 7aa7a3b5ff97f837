"""Starts the fork server, which runs as untrusted code, and asks it to start and end sandbox processes."""

import contextlib
import json
import math
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from autograder.errors import GraderFault
from autograder.sandbox.host import workdir
from autograder.sandbox.host.confinement import READABLE
from autograder.text import clean

if TYPE_CHECKING:
    from autograder.sandbox.host.limits import ProcessLimits
    from autograder.sandbox.host.process import SandboxProcess

# What the server imports if a program mentions what needs it: parts of torch, see sandbox/child/lean_torch, and what
# torch and NumPy import when they are first asked for the rest. In each process of a class that would take 0.2 to 1 s,
# and 10 ms for NumPy.
PARTS = {
    "torch._meta_registrations": re.compile(rb"meta|FakeTensor|torch\.func|forward_ad|hessian|jvp|jacfwd"),
    "torch._dynamo": re.compile(rb"_dynamo|torch\.export|torch\.utils\.checkpoint|torch\.profiler|linearize\("),
    "torch._decomp.decompositions_for_jvp": re.compile(rb"forward_ad|(?:hessian|jvp|jacfwd|linearize)\("),
    "torch.distributed.tensor": re.compile(rb"assert_close\("),
    "numpy.random": re.compile(rb"(?:np|numpy)\.random"),
    "sympy": re.compile(
        rb"sympy|forward_ad|(?:hessian|jvp|hvp|vhp|jacfwd|jacrev|linearize|gradcheck)\(|vectorize *=|is_grads_batched"
    ),
}
LAST_WAIT = 1.0  # seconds that the server has for ending all its processes
WORLD_WRITABLE = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")
FIRST_USER, LAST_USER = 200_000, 2**32 - 2  # setresuid(2) takes no larger number
USERS = 100  # for the processes of one fork server; two or three of them live at a time


class ForkServer:
    """A fork server that has imported torch and starts a sandbox process in milliseconds. Use as a context manager.

    The constructor returns at once: the server imports torch while the grader reads rubric and submission.
    """

    # Python's options; the descriptor of the server's socket follows them.
    SERVER = ("-c", "from autograder.sandbox.child import server; server.hide_the_grader(); server.main()")

    def __init__(self) -> None:
        self._uid, self._why_no_uid = sandbox_user()
        self._folders: dict[int, Path] = {}  # working directories, by their owner
        self._forked = False  # whether there may be processes to end; until then, it may still be importing torch
        self.writes_elsewhere = False  # whether a process can, because Landlock is missing; set by the grader
        self.own_disks = False  # whether each process has a file system of its own; set once one has shown it
        # A folder in memory for working directories to which no process writes; None with a GPU, when /dev is open.
        self.memory: Path | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the process that writes to it
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
        """End the fork server and all its processes."""
        if self._forked:
            with contextlib.suppress(OSError):  # it has ended already, or does not answer
                self._control.shutdown(socket.SHUT_WR)  # the server kills its processes and ends
                self._control.settimeout(LAST_WAIT)
                while self._control.recv(65_536):  # until then; `wait` alone looks only now and then
                    pass
        self._control.close()
        try:
            self._process.wait(LAST_WAIT if self._forked else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def server_pid(self) -> int:
        """The process ID of the fork server."""
        return self._process.pid

    def import_module(self, module: str) -> None:
        """Import `module` in the server, once for all processes that it starts from now on."""
        self._ask({"do": "import", "module": module})

    def import_parts(self, text: bytes) -> None:
        """Import what a program with this text needs besides torch."""
        for module, needed in PARTS.items():
            if needed.search(text):
                self.import_module(module)

    def expect_many_forks(self) -> None:
        """Make the next forks cheaper now, which takes half a second; otherwise that is done after a dozen forks."""
        self._ask({"do": "expect_many_forks"})

    def fork(self, directory: Path, limits: "ProcessLimits", *, gpu: bool = False) -> "SandboxProcess":
        """Start a confined process that has torch imported, with `directory` as its working directory and home.

        If the grader runs as root, the process runs as the user who owns the directory; a new directory is given to a
        user who owns no other.
        """
        from autograder.sandbox.host.process import SandboxProcess  # takes a while, in which the server imports torch

        self._forked = True
        self.memory = None if gpu else self.memory
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
        """The user of a working directory, which is given to them if it is new. File permissions then keep submissions
        and the reference apart."""
        if self._uid is None:
            return None
        owner = directory.stat().st_uid
        if owner in self._folders and self._folders[owner] == directory:
            return owner
        uid = next(uid for uid in range(self._uid, self._uid + USERS) if not _exists(self._folders.get(uid)))
        self._folders[uid] = directory
        workdir.change_owner(uid, directory)
        return uid

    def remove_leftovers(self, directory: Path) -> None:
        """Remove what the user of a removed working directory left where everybody may write.

        There is nothing to do if processes can write to their own directory only, or have no user of their own.
        """
        if not self.writes_elsewhere:
            return
        for uid in [uid for uid, given in self._folders.items() if given == directory]:
            for place in _world_writable():
                workdir.remove_files_of(uid, Path(place))

    def end(self, pid: int) -> int:
        """Kill a process and everything it started. Returns its wait status."""
        return int(self._ask({"do": "end", "pid": pid})["status"])

    def _ask(self, request: Mapping[str, Any], descriptors: list[int] | None = None) -> dict[str, Any]:
        if self._control.fileno() < 0 and request["do"] == "end":
            return {"status": signal.SIGKILL}  # the server ends all its processes when the socket closes
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
                if last or self._process.wait(10) >= 0:  # it ended by itself: torch cannot be imported?
                    raise GraderFault(f"the process that runs students' code ended: {self._last_words()}") from None
                self._control.close()
                self._start()  # it was killed, and all its processes with it: start again
                if request["do"] == "end":
                    return {"status": signal.SIGKILL}
            except KeyboardInterrupt:  # the next request would read the answer to this one
                self._control.close()
                raise
        raise AssertionError("unreachable")

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read()[-4000:].decode(errors="replace").strip().splitlines()
        return clean(lines[-1]) if lines else f"exit status {self._process.returncode}"


def sandbox_user() -> tuple[int | None, str]:
    """The first of the numeric users that processes become, or None and the reason. They need no /etc/passwd entry."""
    if os.geteuid() != 0:
        return None, "only root can run a process as another user"
    for path in (sys.prefix, sys.base_prefix, sys.executable):
        for place in (Path(path).resolve(), *Path(path).resolve().parents):
            if not place.stat().st_mode & 0o001:
                return None, f"{place} is closed to other users, and Python is in it"
    first = _free_uids(FIRST_USER + os.getpid() % 10_000 * USERS)
    return (first, "") if first + USERS < LAST_USER else (None, "all user IDs are in use on this machine")


def _free_uids(first: int) -> int:
    """The first of USERS consecutive user IDs, from `first` on, that are free.

    Not free are those in the password database, those reserved for containers, and owners of files in directories where
    everybody may write: these files would be removed with a submission.
    """
    taken = {user.pw_uid for user in pwd.getpwall()}
    for place in _world_writable():
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            taken |= {entry.stat(follow_symlinks=False).st_uid for entry in entries}
    for begin, number in sorted([*((uid, 1) for uid in taken), *_container_uids()]):
        if begin < first + USERS and first < begin + number:
            first = begin + number
    return first


def _world_writable() -> set[str]:
    """The directories where every user can create files."""
    return {*WORLD_WRITABLE, os.environ.get("TMPDIR", "/tmp")}


def _container_uids() -> list[tuple[int, int]]:
    """The ranges of user IDs reserved for containers (subuid(5)): the first of each, and how many."""
    found = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/etc/subuid").read_text().splitlines():
            _, begin, number = line.split(":")
            found.append((int(begin), int(number)))
    return found


def _exists(directory: Path | None) -> bool:
    return directory is not None and directory.exists()


def _environment() -> dict[str, str]:
    """The environment of a sandbox process, with nothing of the user's in it."""
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
        # One thread: others would not survive the fork, and small graphs gain nothing from them.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
    }
