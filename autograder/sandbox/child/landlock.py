"""Landlock, the kernel's limits on files, in a few system calls.

landlockpy knows what the kernel supports, and is asked once in the fork server. In each process its objects would take
longer than the kernel does. Numbers and structures are those of include/uapi/linux/landlock.h, the same on every
architecture.
"""

import contextlib
import functools
import os
import struct
from collections.abc import Iterable
from typing import NamedTuple

from autograder.sandbox.child import libc

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
PATH_BENEATH = 1


class Rights(NamedTuple):
    """Rights to a path and all below it, as bits. `all`: those that are forbidden where no rule allows them."""

    all: int
    read: int  # files and folders
    read_file: int
    write: int
    make: int  # and remove
    devices: int
    network: int = 0  # forbidden everywhere
    scope: int = 0  # of what is forbidden to do to other processes


@functools.cache
def version() -> int:
    """The version (ABI) of the kernel's Landlock, 0 if it has none."""
    with contextlib.suppress(Exception):  # not Linux, or the library is missing
        from landlockpy import abi_version

        return abi_version()
    return 0


@functools.cache
def rights() -> Rights:
    """What this kernel's Landlock can forbid. Raises an exception if there is none."""
    from landlockpy import AccessFS, Ruleset, Scope

    if version() < 1:
        raise NotImplementedError("the kernel has no Landlock (it came with Linux 5.13)")
    make = AccessFS.MAKE_REG | AccessFS.MAKE_DIR | AccessFS.REMOVE_FILE | AccessFS.REMOVE_DIR | AccessFS.REFER
    with Ruleset(scoped=Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET) as known:
        return Rights(
            int(known.handled_fs),
            int(AccessFS.READ_FILE | AccessFS.READ_DIR),
            int(AccessFS.READ_FILE),
            int(AccessFS.WRITE_FILE | AccessFS.TRUNCATE),
            int(make),
            int(AccessFS.IOCTL_DEV),
            int(known.handled_net),
            int(known.scoped),
        )


def restrict(allowed: Iterable[tuple[str, int]]) -> None:
    """Allow this process some rights to some paths, and nothing else from now on. It must be unable to gain privileges.

    Raises OSError if the kernel refuses.
    """
    known = rights()
    attributes = struct.pack("=3Q", known.all, known.network, known.scope)
    rules = libc.call("syscall", CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path, wanted in allowed:
            beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                libc.call("syscall", ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", wanted & known.all, beneath), 0)
            finally:
                os.close(beneath)
        libc.call("syscall", RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
