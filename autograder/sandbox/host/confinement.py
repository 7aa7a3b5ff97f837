"""The layers of the sandbox, seen from the grader: what each is for, and what is guaranteed when some are missing."""

import functools
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PURPOSE = {
    "session": "all processes that a submission starts are killed with it; it has no file descriptor but its own",
    "limits": "memory, processor time, file sizes and core dumps are limited",
    "user": "it runs as a separate user, so that file permissions can protect the grader's files",
    "privileges": "it cannot gain privileges, and ends when the grader does",
    "files": "it can read what Python and torch need, and write in its own folder; it cannot see the grader's files",
    "system calls": "it cannot start other programs, use the network, affect other processes or leave anything running",
}


@dataclass(frozen=True)
class Promise:
    """Something that this machine guarantees if certain layers hold. docs/security.md states the limits and tests."""

    what: str
    by: tuple[frozenset[str], ...]  # groups of layers; all layers of any one group are enough

    @property
    def needs(self) -> str:
        """The layers in words."""
        return ", or ".join(" and ".join(layer for layer in PURPOSE if layer in group) for group in self.by)


SCORES = Promise(
    "scores cannot be forged, and no file of yours is changed",
    (frozenset({"privileges", "user"}), frozenset({"privileges", "files", "system calls"})),
)
SECRETS = Promise(
    "rubric, reference and other submissions cannot be read",
    (frozenset({"privileges", "user"}), frozenset({"privileges", "files"})),
)
PROMISES = (
    SCORES,
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

# What Python and torch read while a student's program runs. It can see no other files.
READABLE = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/random"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/self", "/sys/devices/system/cpu"),
)


@dataclass(frozen=True)
class Confinement:
    """Which layers hold on this machine, as a sandbox process reported before it read anything of the student's."""

    layers: Mapping[str, str]  # each with "" if it holds, otherwise with the reason
    exposed: str = ""  # why a submission could read a secret nevertheless, see `exposed` below
    landlock: int = 0  # the version (ABI) of the kernel's Landlock, 0 if it has none

    @property
    def missing(self) -> dict[str, str]:
        """The layers that do not hold, with the reasons."""
        found = {layer: self.layers.get(layer, "it did not answer") for layer in PURPOSE if self.layers.get(layer, "?")}
        return {**found, "files": found.get("files") or self.exposed} if self.exposed else found

    def keeps(self, promise: Promise) -> bool:
        """Whether a promise holds here. A submission that can read the reference can also earn its points."""
        if self.exposed and promise in (SCORES, SECRETS):
            return False
        return any(not group & set(self.missing) for group in promise.by)

    @property
    def broken(self) -> tuple[str, ...]:
        """The promises that do not hold here."""
        return tuple(promise.what for promise in PROMISES if not self.keeps(promise))

    @property
    def reduced(self) -> bool:
        """Whether any promise does not hold here. A separate user is not needed if the other layers hold."""
        return bool(self.broken)

    @property
    def safe(self) -> bool:
        """Whether it is safe to run a submission that is graded."""
        return self.keeps(SCORES) and self.keeps(SECRETS)


def exposed(secrets: Iterable[Path], layers: Mapping[str, str]) -> str:
    """Why a submission could read one of these files or folders, in a clause; "" if it can read none of them.

    A secret is safe outside the folders that every program may read, or if its permissions exclude other users.
    """
    open_to_all = _resolved((*READABLE, sys.prefix, sys.base_prefix))
    for path in (secret.resolve() for secret in secrets):
        below = next((folder for folder in open_to_all if path.is_relative_to(folder)), None)
        if layers.get("files") == "" and below is None:
            continue
        if layers.get("user") == "" and _closed(path):
            continue
        # Only the name, not the path: the reason is in results.json.
        return f"{path.name} lies below {below}, which every program reads" if below else f"{path.name} is open to all"
    return ""


@functools.cache
def _resolved(paths: tuple[str, ...]) -> tuple[Path, ...]:
    """The paths without symbolic links; cached, because every submission asks for them."""
    return tuple(Path(path).resolve() for path in paths)


def _closed(path: Path) -> bool:
    """Whether other users, neither the owner nor of the group, cannot read a file or folder."""
    for place in (path, *path.parents):
        try:
            mode = place.stat().st_mode
        except OSError:  # it does not exist yet
            continue
        if not mode & (0o004 if place == path else 0o001):
            return True
    return False
