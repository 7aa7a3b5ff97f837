"""Confines a freshly forked process, layer by layer, before it reads any of the student's code.

`enter` reports for each layer whether it holds. docs/security.md says what each layer is for, and what is guaranteed if
one is missing. The order matters: each step needs privileges that later steps take away.
"""

import contextlib
import ctypes
import functools
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.child import landlock, libc, system_calls

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 1, 4, 38, 36  # linux/prctl.h
CLONE_NEWNS = 0x20000  # linux/sched.h
MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE, MNT_DETACH = 2, 4, 0x4000, 0x40000, 2  # linux/mount.h, linux/fs.h
MANY = 100_000  # processes, where they cannot be counted
THREADS = 64  # of a submission, and processes
EMPTYING = 3  # the first version of Landlock that controls truncating files
LAYERS = ("session", "limits", "user", "privileges", "files", "system calls")

READABLE_FOR_GPU = ("/proc", "/sys", "/etc/nvidia")
OWN = "/proc/self"


@dataclass(frozen=True)
class Bounds:
    """What one sandbox process may use. Sizes are in bytes."""

    directory: str  # its working directory
    memory: int = 512 << 20  # beyond what Python and torch have mapped at the start
    file_size: int = 10 << 20  # of one file; with a file system of its own, about that much in all
    submitted: int = 0  # bytes that are in the directory from the start
    cpu_seconds: int = 240
    uid: int | None = None  # the numeric user to become; None: stay the same user
    why_no_uid: str = "not asked for"  # the reason for None
    gpu: bool = False  # whether to leave open what CUDA needs
    present: int = 0  # processes and threads that the user already has
    readable: Sequence[str] = ()  # files and folders that may be read, besides Python's own


def enter(bounds: Bounds, channel: int, output: int) -> dict[str, str]:
    """Confine this freshly forked process. Returns each layer of LAYERS with "" if it holds, otherwise with the reason.

    channel: the descriptor of the socket to the grader, which stays open. output: becomes stdout and stderr.
    """
    steps: dict[str, Callable[[], None]] = {
        "session": lambda: _session(bounds, channel, output),
        "limits": lambda: _limits(bounds),
        "user": lambda: _user(bounds),
        "privileges": _privileges,
        "files": lambda: _files(bounds),
        "system calls": lambda: _system_calls(bounds),
    }
    found = {}
    for layer, step in steps.items():
        try:
            step()
            found[layer] = _tried(layer, bounds)
        except Exception as error:  # a kernel feature or library is missing: the grader decides what follows
            found[layer] = str(error) or type(error).__name__
    if found["system calls"] and not found["files"] and landlock.version() < EMPTYING:
        found["files"] = (
            f"Landlock {landlock.version()} does not keep files from being emptied, nor do the system calls here"
        )
    return found


def _tried(layer: str, bounds: Bounds) -> str:
    """Try what the layer forbids: a kernel may accept a rule and not enforce it. Returns "" if this fails."""
    attempts: dict[str, Callable[[], object]] = {
        "user": lambda: os.setuid(0),
        "files": lambda: os.listdir("/"),
        "system calls": lambda: os.kill(os.getppid(), 0),
    }
    try:
        attempts.get(layer, _nothing_to_try)()
    except OSError:
        return ""
    return "it was accepted and does not hold"


def _nothing_to_try() -> None:
    raise OSError


def prepare() -> None:
    """Import what `enter` needs and look up what does not change, once in the fork server: in every process this would
    take longer than everything else."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(Exception):  # missing, or without its library: each process will report it
        landlock.rights()
    libc.library()
    system_calls.prepare()


def prepare_for(bounds: Bounds) -> None:
    """Look up what `enter` needs for these bounds, in the fork server: the next process has the same, in most cases."""
    _readable(_paths(bounds))


def present() -> int:
    """The number of processes and threads of this user; MANY if they cannot be counted."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/status") if sys.platform == "linux" else ():
        with contextlib.suppress(OSError, KeyError):  # it has ended in the meantime
            said = dict(line.split(":", 1) for line in path.read_text(errors="replace").splitlines() if ":" in line)
            if int(said["Uid"].split()[0]) == os.getuid():
                total += int(said["Threads"])
    return total or MANY


def prctl(option: int, value: int) -> None:
    """Linux's prctl; does nothing on other systems. Raises OSError if it fails."""
    if sys.platform == "linux":
        libc.call("prctl", option, value, 0, 0, 0)


def _session(bounds: Bounds, channel: int, output: int) -> None:
    os.setsid()  # a new process group, so that everything it starts can be killed at once
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, channel)
    os.closerange(channel + 1, 65_536)
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.umask(0o077)
    with contextlib.suppress(OSError):  # only root may do this, and not in every container
        own_disk(bounds)
    os.chdir(bounds.directory)
    os.environ.update(HOME=bounds.directory, TMPDIR=bounds.directory)
    if temporary := sys.modules.get("tempfile"):  # it remembers the server's directory
        vars(temporary)["tempdir"] = None


def _limits(bounds: Bounds) -> None:
    if not bounds.gpu and sys.platform == "linux":  # CUDA maps far more than it uses
        mapped = int(_read("/proc/self/statm").split()[0]) * resource.getpagesize()
        _limit(resource.RLIMIT_AS, mapped + bounds.memory)
        # If memory runs out, this process is killed first. Not every system allows this setting.
        with contextlib.suppress(OSError):
            _write("/proc/self/oom_score_adj", b"1000")
    _limit(resource.RLIMIT_FSIZE, bounds.file_size)
    _limit(resource.RLIMIT_CPU, bounds.cpu_seconds)
    _limit(resource.RLIMIT_CORE, 0)
    if not bounds.gpu:
        _limit(resource.RLIMIT_NOFILE, 64)
        _limit(resource.RLIMIT_MEMLOCK, 0)
    # This limit counts all processes and threads of the user.
    _limit(resource.RLIMIT_NPROC, THREADS if bounds.uid is not None else bounds.present + THREADS)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that is too large raises OSError instead of ending all


def own_disk(bounds: Bounds) -> None:
    """Mount a new file system on the working directory, with a copy of its files. Only this process sees it, and it
    disappears with it. It also limits what no path shows: files that are open and have been deleted.

    It is a quarter larger than the limit, so that the grader can see that the limit was exceeded. Raises OSError if
    mounting is not allowed.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        raise PermissionError
    before = os.open(bounds.directory, os.O_RDONLY | os.O_DIRECTORY)
    target = os.fsencode(bounds.directory)
    try:
        libc.call("unshare", CLONE_NEWNS)
        libc.call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)  # not visible to other processes
        size = bounds.submitted + bounds.file_size * 5 // 4
        what = f"size={size},nr_inodes={size // 4096 + 16},mode=700"
        libc.call("mount", b"none", target, b"tmpfs", MS_NOSUID | MS_NODEV, what.encode())
        try:
            _copy(f"/proc/self/fd/{before}", bounds.directory)
        except OSError:  # half a copy would be worse than none
            libc.call("umount2", target, MNT_DETACH)
            raise
    finally:
        os.close(before)
    if bounds.uid is not None:
        for place, _, files in os.walk(bounds.directory):
            for path in (place, *(os.path.join(place, name) for name in files)):
                os.lchown(path, bounds.uid, bounds.uid)


def _copy(source: str, target: str) -> None:
    """Copy what is in a folder into an existing one. Raises OSError, also for what is no file, folder or link."""
    with os.scandir(source) as entries:
        for entry in entries:
            path = f"{target}/{entry.name}"
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), path)
            elif entry.is_dir():
                os.mkdir(path)
                _copy(entry.path, path)
            elif entry.is_file():
                _write(path, _read(entry.path), os.O_CREAT | os.O_EXCL)
            else:
                raise OSError(f"{entry.name} is no file")


def _read(path: str) -> bytes:
    """What a file holds; pathlib would take as long as all else that happens to a file here."""
    with open(path, "rb", buffering=0) as file:
        return file.read()


def _write(path: str, content: bytes, flags: int = 0) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CLOEXEC | flags), "wb", buffering=0) as file:
        while content:
            content = content[file.write(content) :]


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _user(bounds: Bounds) -> None:
    if bounds.uid is None:
        raise PermissionError(bounds.why_no_uid)
    os.setgroups([])
    os.setresgid(bounds.uid, bounds.uid, bounds.uid)
    os.setresuid(bounds.uid, bounds.uid, bounds.uid)


def _privileges() -> None:
    if sys.platform != "linux":
        raise NotImplementedError("this system cannot give up privileges permanently")
    if os.getuid() == 0:  # still root, but without its capabilities it is like any other user
        nothing = (ctypes.c_uint32 * 6)()
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
        libc.call("capset", header, nothing)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _files(bounds: Bounds) -> None:
    """Landlock: read what Python and torch need, write in the working directory, nothing else; no TCP; no signals to
    other processes."""
    if sys.platform != "linux":
        raise NotImplementedError("Landlock is a part of Linux")
    known = landlock.rights()
    readable = [*_readable(_paths(bounds)), *((path, True) for path in _existing([OWN]))]
    if bounds.gpu:
        readable += [(path, True) for path in _existing(READABLE_FOR_GPU)]
    landlock.restrict(
        [
            *((path, known.read if folder else known.read_file) for path, folder in readable),
            (os.devnull, known.read_file | known.write),
            (bounds.directory, known.read | known.write | known.make),
            *([("/dev", known.read | known.write | known.devices)] if bounds.gpu else []),
        ]
    )


def _paths(bounds: Bounds) -> tuple[str, ...]:
    """What may be read, besides what is another folder in each process."""
    return tuple(path for path in (*bounds.readable, sys.prefix, sys.base_prefix, *sys.path) if path != OWN)


@functools.cache
def _readable(paths: tuple[str, ...]) -> list[tuple[str, bool]]:
    """The existing paths, each with whether it is a folder."""
    return [(path, os.path.isdir(path)) for path in _existing(paths)]


def _existing(paths: Iterable[str]) -> list[str]:
    """The existing paths, without those inside another one."""
    real = sorted({os.path.realpath(path) for path in paths if path and os.path.exists(path)})
    kept: list[str] = []
    for path in real:
        if not kept or not path.startswith(f"{kept[-1]}/"):
            kept.append(path)
    return kept


def _system_calls(bounds: Bounds) -> None:
    """seccomp: no other programs, no network, no effect on other processes, nothing that outlives this one."""
    if sys.platform != "linux":
        raise NotImplementedError("seccomp is a part of Linux")
    system_calls.restrict(gpu=bounds.gpu)
