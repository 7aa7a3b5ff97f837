"""How long a command takes, and how much memory all its processes use together."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import GraderFault

SAMPLING = 0.02  # seconds between two measurements of a process tree's memory


class CommandFailed(GraderFault):
    """The command ended with a status other than 0; str() has its output."""


@dataclass(frozen=True)
class Run:
    """One finished run: wall-clock and CPU time in seconds, and the memory of its largest process in MB."""

    wall: float
    cpu: float
    largest: float


def timed(command: Sequence[str]) -> Run:
    """Run a command to its end. Raises CommandFailed."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise CommandFailed(f"{' '.join(command)} failed:\n{said.read().decode(errors='replace')}")
    unit = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss: bytes on macOS, kilobytes elsewhere
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def peak_of_tree(command: Sequence[str]) -> float | None:
    """The peak memory of the command and all its processes, in MB: the largest sum of their PSS. None where /proc does
    not provide it."""
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0.0
    try:
        while process.poll() is None:
            peak = max(peak, sum(map(_pss, _descendants(process.pid))))
            time.sleep(SAMPLING)
    except PermissionError:  # the sandbox hides its processes from others of the same user
        return None
    finally:
        process.wait()
    return peak


def _descendants(pid: int) -> list[int]:
    """A process and all its descendants, from /proc."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:  # "pid (name) state parent ...", and a name can hold spaces and brackets
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # this process has ended
    tree = [pid]
    for member in tree:
        tree += [child for child, parent in parents.items() if parent == member]
    return tree


def _pss(pid: int) -> float:
    """A process's proportional set size (PSS) in MB: its memory, with shared pages divided among those that share them.

    0 if the process has ended. Raises PermissionError if it may not be read.
    """
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1e3
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0.0
