"""The system calls that a program may make, enforced by seccomp in the sandbox.

Only what Python, torch and NumPy need is allowed. A call that is newer than this list fails as on a kernel without it
(ENOSYS), which libraries can handle. Calls that a program is likely to try are refused with EPERM, so that the message
is "not permitted".

Numbers and flags are those of include/uapi/linux (fcntl.h, prctl.h, sched.h) and of asm-generic/ioctls.h.
"""

import contextlib
import ctypes
import errno
import os
import sys
from collections.abc import Iterable
from typing import Any

from autograder.sandbox.child import libc

FORBIDDEN = {  # refused with EPERM whatever the arguments
    "programs": ("execve", "execveat", "fork", "vfork", "setsid", "setpgid", "personality"),
    "network": ("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4"),
    "other processes": (
        *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp"),
        *("pidfd_open", "pidfd_getfd", "pidfd_send_signal", "setpriority", "ioprio_set"),
    ),
    "the system": (
        *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_tree", "open_tree_attr", "move_mount"),
        *("fsopen", "fsmount", "mount_setattr", "quotactl", "quotactl_fd"),
        *("bpf", "userfaultfd", "perf_event_open", "io_uring_setup", "io_uring_enter", "io_uring_register"),
        *("keyctl", "add_key", "request_key", "open_by_handle_at", "name_to_handle_at", "fanotify_init"),
        *("inotify_init", "inotify_init1", "init_module", "finit_module", "delete_module", "kexec_load", "reboot"),
        *("swapon", "swapoff", "acct", "settimeofday", "clock_settime", "sethostname", "setdomainname"),
    ),
    "what outlives a process": (
        *("shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "semctl"),
        *("msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive"),
    ),
    # Landlock does not control these, and truncate only since its third version: a student's program could empty the
    # user's files and change who may read them.
    "files' properties": (
        *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"),
        *("utime", "utimes", "utimensat", "futimesat", "file_setattr", "truncate"),
        *("setxattr", "lsetxattr", "fsetxattr", "setxattrat"),
        *("removexattr", "lremovexattr", "fremovexattr", "removexattrat"),
        *("symlink", "symlinkat", "link", "linkat", "mknod", "mknodat", "memfd_create", "memfd_secret"),
    ),
}
ALLOWED = {  # with any arguments
    "memory": (
        *("brk", "mmap", "munmap", "mprotect", "mremap", "madvise", "msync", "mincore", "membarrier"),
        *("mlock", "mlock2", "munlock", "get_mempolicy"),
    ),
    "files": (
        *("read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2"),
        *("creat", "close", "close_range", "dup", "dup2", "dup3", "lseek", "ftruncate", "fadvise64"),
        *("stat", "fstat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "statfs", "fstatfs"),
        *("readlink", "readlinkat", "getdents", "getdents64", "getcwd", "chdir", "fchdir", "umask"),
        *("mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2"),
        *("fsync", "fdatasync", "sync_file_range", "flock", "sendfile", "copy_file_range", "readahead"),
        *("getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr"),
    ),
    "waiting": (
        *("poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait"),
        *("epoll_pwait", "epoll_pwait2", "pipe", "pipe2", "eventfd", "eventfd2", "timerfd_create"),
        *("timerfd_settime", "timerfd_gettime", "wait4", "waitid", "pause", "restart_syscall"),
    ),
    "time": (
        *("time", "gettimeofday", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "times", "alarm"),
        *("getitimer", "setitimer", "timer_create", "timer_settime", "timer_gettime", "timer_getoverrun"),
        "timer_delete",
    ),
    "threads": (
        *("futex", "futex_waitv", "futex_wake", "futex_wait", "futex_requeue", "set_robust_list", "get_robust_list"),
        *("set_tid_address", "gettid", "exit", "exit_group", "rseq", "arch_prctl", "sched_yield", "getcpu"),
        *("sched_getaffinity", "sched_getparam", "sched_getscheduler", "sched_getattr", "sched_rr_get_interval"),
        *("sched_get_priority_max", "sched_get_priority_min"),
    ),
    "own signals": (
        *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait"),
        *("sigaltstack", "signalfd", "signalfd4"),
    ),
    "about itself": (
        *("getpid", "getppid", "getpgrp", "getpgid", "getsid", "getuid", "geteuid", "getgid", "getegid", "getgroups"),
        *("getresuid", "getresgid", "getrlimit", "setrlimit", "getrusage", "getpriority", "capget", "sysinfo", "uname"),
        "getrandom",
    ),
}
OWN_PROCESS_ONLY = ("kill", "tgkill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")
SELF_ONLY = ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr")
CLONE_THREAD = 0x00010000

# fcntl: to duplicate and to lock, and the flags of a descriptor. Not F_SETOWN, F_SETSIG, F_SETLEASE and F_NOTIFY, which
# send signals to others or make them wait.
FCNTL = (0, 1, 2, 3, 5, 6, 7, 36, 37, 38, 1030, 1031, 1032, 1034)
F_SETFL, O_ASYNC = 4, 0o20000
IOCTL = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, TCGETS2, TIOCGWINSZ, FIO…
# prctl: to read what it is, names, and the timers' slack. Not to outlive its parent (PR_SET_PDEATHSIG).
PRCTL = (2, 3, 15, 16, 21, 23, 29, 30, 39, 0x53564D41)
# open: to truncate only what may be written, which Landlock knows since its third version; no file without a name, of
# which nobody sees how large it is.
O_ACCMODE, O_TRUNC, O_TMPFILE = 0o3, 0o1000, 0o20000000
FALLOC_FL_KEEP_SIZE = 1
OPEN = {"open": 1, "openat": 2}  # the argument with the flags

# Of these, by name and argument, what is refused where all else is allowed: F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE
# and F_NOTIFY; FIOSETOWN and SIOCSPGRP; PR_SET_PDEATHSIG.
HARMFUL = {("fcntl", 1): (8, 10, 15, 1024, 1026), ("ioctl", 1): (0x8901, 0x8902), ("prctl", 0): (1,)}
INTEGER = 0xFFFFFFFF  # the bits of an argument at which the kernel looks

UNKNOWN = -1  # to libseccomp; other numbers below 0 are of calls that this architecture does not have
NEWER = {  # than old versions of libseccomp; the same on every architecture
    **{"process_madvise": 440, "epoll_pwait2": 441, "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447},
    **{"futex_waitv": 449, "fchmodat2": 452, "futex_wake": 454, "futex_wait": 455, "futex_requeue": 456},
    **{"setxattrat": 463, "removexattrat": 466, "open_tree_attr": 467, "file_setattr": 469},
}

ANY = 0x7FFFFFFF  # stands for a process's own ID in the filter that is made before the process; none has it
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, MODE_FILTER = 38, 22, 2  # linux/prctl.h, linux/seccomp.h
INSTRUCTION = 8  # bytes of one in a filter; the last four are its constant

_prepared: list[bytes] = []  # the filter of the next process, except for its ID


class _Program(ctypes.Structure):
    """A filter, as the kernel takes it: struct sock_fprog of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def prepare() -> None:
    """Make the filter of all processes, once in the fork server: it takes milliseconds."""
    with contextlib.suppress(Exception):  # the library is missing: each process will report it
        _prepared[:] = [_compiled(_filter(ANY, gpu=False))]


def restrict(*, gpu: bool) -> None:
    """Restrict this process from now on. gpu: allow everything that is not forbidden, because nobody has a list of the
    calls that CUDA needs.

    Raises ImportError without pyseccomp or its library, OSError where the kernel has no seccomp.
    """
    if gpu or not _prepared:
        _filter(os.getpid(), gpu=gpu).load()
        return
    instructions = _prepared[0].replace(_constant(ANY), _constant(os.getpid()))
    program = _Program(len(instructions) // INSTRUCTION, instructions)
    libc.call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)  # the kernel demands it
    libc.call("prctl", PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0)


def _compiled(rules: Any) -> bytes:
    """The instructions of a filter, in which ANY stands for the process's ID.

    Raises ValueError if it stands anywhere else than where an instruction has its constant.
    """
    with open(os.memfd_create("filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        found = file.read()
    constants = [found[at + 4 : at + INSTRUCTION] for at in range(0, len(found), INSTRUCTION)]
    if constants.count(_constant(ANY)) != found.count(_constant(ANY)) or _constant(ANY) not in constants:
        raise ValueError("the filter cannot be prepared")
    return found


def _constant(number: int) -> bytes:
    return number.to_bytes(4, sys.byteorder)


def _filter(own: int, *, gpu: bool) -> Any:
    """The rules of the process with the ID `own`."""
    import pyseccomp as seccomp

    refused = seccomp.ERRNO(errno.EPERM)
    rules = seccomp.SyscallFilter(seccomp.ALLOW if gpu else seccomp.ERRNO(errno.ENOSYS))
    for group, names in FORBIDDEN.items():
        if gpu and group == "network":
            continue  # the driver uses a daemon; Landlock still refuses TCP
        for name in names:
            if not (gpu and name == "memfd_create"):
                _add(rules, refused, name)
    for name in SELF_ONLY:
        _add(rules, refused, name, seccomp.Arg(0, seccomp.NE, 0))
    _add(rules, refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    if gpu:
        _add(rules, seccomp.ERRNO(errno.ENOSYS), "clone3")  # a filter cannot see its flags; glibc then uses clone
        _refuse(rules, seccomp, refused)
    else:
        _allow(rules, seccomp)
    for name in OWN_PROCESS_ONLY:
        _add(rules, refused, name, seccomp.Arg(0, seccomp.NE, own))
        if not gpu:
            _add(rules, seccomp.ALLOW, name, seccomp.Arg(0, seccomp.EQ, own))
    return rules


def _refuse(rules: Any, seccomp: Any, refused: Any) -> None:
    """Refuse harmful arguments of calls that are otherwise allowed, for the GPU."""
    for (name, argument), values in HARMFUL.items():
        for value in values:
            _add(rules, refused, name, seccomp.Arg(argument, seccomp.MASKED_EQ, INTEGER, value))
    _add(rules, refused, "fallocate", seccomp.Arg(1, seccomp.MASKED_EQ, FALLOC_FL_KEEP_SIZE, FALLOC_FL_KEEP_SIZE))
    for name, flags in OPEN.items():
        _add(rules, refused, name, seccomp.Arg(flags, seccomp.MASKED_EQ, O_ACCMODE | O_TRUNC, O_TRUNC))


def _allow(rules: Any, seccomp: Any) -> None:
    for names in ALLOWED.values():
        for name in names:
            _add(rules, seccomp.ALLOW, name)
    for name in SELF_ONLY:
        _add(rules, seccomp.ALLOW, name, seccomp.Arg(0, seccomp.EQ, 0))
    _add(rules, seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, CLONE_THREAD))
    _allow_only(rules, seccomp, "fcntl", 1, FCNTL)
    _add(
        rules,
        seccomp.ALLOW,
        "fcntl",
        seccomp.Arg(1, seccomp.EQ, F_SETFL),
        seccomp.Arg(2, seccomp.MASKED_EQ, O_ASYNC, 0),
    )
    # No space reserved beyond a file's end (FALLOC_FL_KEEP_SIZE), which RLIMIT_FSIZE does not bound.
    _add(rules, seccomp.ALLOW, "fallocate", seccomp.Arg(1, seccomp.MASKED_EQ, INTEGER, 0))
    _allow_only(rules, seccomp, "ioctl", 1, IOCTL)
    _allow_only(rules, seccomp, "prctl", 0, PRCTL)
    for name, flags in OPEN.items():
        _add(rules, seccomp.ALLOW, name, seccomp.Arg(flags, seccomp.MASKED_EQ, O_TRUNC | O_TMPFILE, 0))
        for writing in (1, 2):
            mask = O_ACCMODE | O_TRUNC | O_TMPFILE
            _add(rules, seccomp.ALLOW, name, seccomp.Arg(flags, seccomp.MASKED_EQ, mask, O_TRUNC | writing))


def _allow_only(rules: Any, seccomp: Any, name: str, argument: int, values: Iterable[int]) -> None:
    for value in values:
        _add(rules, seccomp.ALLOW, name, seccomp.Arg(argument, seccomp.EQ, value))


def _add(rules: Any, action: int, name: str, *arguments: Any) -> None:
    import pyseccomp as seccomp

    number = UNKNOWN
    with contextlib.suppress(OSError, ValueError):
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
    if number == UNKNOWN:
        number = NEWER.get(name, UNKNOWN)
    if number >= 0:  # else this architecture has no such call
        rules.add_rule(action, number, *arguments)
