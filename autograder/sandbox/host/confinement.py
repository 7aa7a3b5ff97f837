"""The layers of confinement, seen from the trusted side: what each is for, and whether enough of them hold."""

import functools
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PURPOSE = {
    "session": "all that a submission starts is killed with it; it has no descriptor but its own",
    "limits": "memory, processor time, file sizes and core dumps are bounded",
    "user": "it runs as a user of its own, to whom the grader's files can be closed",
    "privileges": "it cannot gain rights, and ends when the grader does",
    "files": "it reads what Python and torch need and writes in its own folder; the grader's files are out of sight",
    "system calls": "no other program, no network, nothing done to other processes, nothing that outlives it",
}


@dataclass(frozen=True)
class Promise:
    """What a machine promises, and by which layers: all of any one group. docs/security.md has their limits and
    tests."""

    what: str
    by: tuple[frozenset[str], ...]

    @property
    def needs(self) -> str:
        """The layers in words."""
        return ", or ".join(" and ".join(layer for layer in PURPOSE if layer in group) for group in self.by)


MARKS = Promise(
    "marks cannot be forged, and no file of yours is changed",
    (frozenset({"privileges", "user"}), frozenset({"privileges", "files", "system calls"})),
)
SECRETS = Promise(
    "rubric, reference and other submissions cannot be read",
    (frozenset({"privileges", "user"}), frozenset({"privileges", "files"})),
)
PROMISES = (
    MARKS,
    SECRETS,
    Promise(
        "every run ends in time and within its memory, with complete results",
        (frozenset({"session", "limits", "user"}), frozenset({"session", "limits", "system calls"})),
    ),
    Promise(
        "no process and no file is left behind",
        (frozenset({"session", "user", "system calls"}), frozenset({"session", "files", "system calls"})),
    ),
    Promise(
        "what is written is bounded by the rubric, and stays in a folder of its own",
        (frozenset({"limits", "files"}),),
    ),
    Promise("there is no network", (frozenset({"system calls"}),)),
)

# Read by Python and torch while a student's program runs; everything else is out of sight.
READABLE = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/random"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/self", "/sys/devices/system/cpu"),
)


@dataclass(frozen=True)
class Confinement:
    """Each layer with "" if it holds, else the reason why not, as a child said before it read anything of the
    student's. exposed: why a submission could read what it must not all the same, as `exposed` says it. landlock: the
    version of the kernel's Landlock (its ABI), 0 where it has none."""

    layers: Mapping[str, str]
    exposed: str = ""
    landlock: int = 0

    @property
    def missing(self) -> dict[str, str]:
        """The layers that do not hold, with the reasons."""
        found = {layer: self.layers.get(layer, "it did not answer") for layer in PURPOSE if self.layers.get(layer, "?")}
        return {**found, "files": found.get("files") or self.exposed} if self.exposed else found

    def keeps(self, promise: Promise) -> bool:
        """Whether a promise holds here. Who can read the reference can earn its marks too."""
        if self.exposed and promise in (MARKS, SECRETS):
            return False
        return any(not group & set(self.missing) for group in promise.by)

    @property
    def broken(self) -> tuple[str, ...]:
        """The promises that do not hold here."""
        return tuple(promise.what for promise in PROMISES if not self.keeps(promise))

    @property
    def reduced(self) -> bool:
        """Whether a promise does not hold here. Another user is not needed where files and calls are closed."""
        return bool(self.broken)

    @property
    def safe(self) -> bool:
        """Whether a submission can be run where marks are at stake."""
        return self.keeps(MARKS) and self.keeps(SECRETS)


def exposed(secrets: Iterable[Path], layers: Mapping[str, str]) -> str:
    """Why a submission could read one of these files or folders, in a clause; "" where it can read none.

    Each has to lie beyond what every program reads, or be closed to the user that the submission becomes.
    """
    open_to_all = _resolved((*READABLE, sys.prefix, sys.base_prefix))
    for path in (secret.resolve() for secret in secrets):
        below = next((folder for folder in open_to_all if path.is_relative_to(folder)), None)
        if layers.get("files") == "" and below is None:
            continue
        if layers.get("user") == "" and _closed(path):
            continue
        # Its name is enough: the reason stands in results.json.
        return f"{path.name} lies below {below}, which every program reads" if below else f"{path.name} is open to all"
    return ""


@functools.cache
def _resolved(paths: tuple[str, ...]) -> tuple[Path, ...]:
    """Where these lead; kept, because it is asked for every submission."""
    return tuple(Path(path).resolve() for path in paths)


def _closed(path: Path) -> bool:
    """Whether users who neither own it nor are in its group cannot read a file or folder."""
    for place in (path, *path.parents):
        try:
            mode = place.stat().st_mode
        except OSError:  # it is still to be made
            continue
        if not mode & (0o004 if place == path else 0o001):
            return True
    return False
