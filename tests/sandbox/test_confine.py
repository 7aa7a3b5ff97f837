"""What a student's process may not do, tried in one by its own means."""

import errno
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.sandbox.child import Limits
from autograder.sandbox.confine import FORBIDDEN
from autograder.sandbox.protocol import Returned
from autograder.sandbox.student import Program, Student
from autograder.sandbox.wall import Wall

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

TRY = """
import ctypes, json, os, resource, signal, sys, threading
import pyseccomp
libc = ctypes.CDLL(None, use_errno=True)

def call(name, *arguments):
    try:
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    except (OSError, ValueError):
        return "unknown"
    if number < 0:
        return "unknown"
    ctypes.set_errno(0)
    libc.syscall(number, *(arguments or (-1,) * 6))
    return ctypes.get_errno()

def limits(x):
    of = lambda name: resource.getrlimit(getattr(resource, "RLIMIT_" + name))
    names = ("FSIZE", "CPU", "CORE", "NOFILE", "MEMLOCK", "NPROC", "AS")
    found = {name: of(name) for name in names}
    mapped = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    found["beyond"] = of("AS")[0] - mapped
    found["oom"] = open("/proc/self/oom_score_adj").read().strip()
    found["uid"] = [os.getuid(), os.getgid(), os.getgroups()]
    found["umask"] = os.umask(0o077)
    found["home"] = [os.environ["HOME"], os.environ["TMPDIR"], os.getcwd()]
    found["stdin"] = sys.stdin.read()
    found["signals"] = [signal.getsignal(each) == signal.SIG_DFL for each in (signal.SIGPIPE, signal.SIGTERM)]
    found["large"] = signal.getsignal(signal.SIGXFSZ) == signal.SIG_IGN
    found["leader"] = os.getsid(0) == os.getpid()
    PRCTL = [libc.prctl(39, 0, 0, 0, 0), ctypes.c_int()]
    libc.prctl(2, ctypes.byref(PRCTL[1]), 0, 0, 0)
    found["privileges"] = [PRCTL[0], PRCTL[1].value]
    found["capabilities"] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")]
    print(json.dumps(found))
    return x

def calls(x, names=%r):
    print(json.dumps({name: call(name) for name in names}))
    return x

def others(x):
    here, thread = os.getpid(), []
    threading.Thread(target=lambda: thread.append(1)).start()
    found = {
        "own": call("kill", here, 0), "parent": call("kill", os.getppid(), 0),
        "tgkill": call("tgkill", here, here, 0), "tgkill parent": call("tgkill", os.getppid(), os.getppid(), 0),
        "affinity": call("sched_setaffinity", 0, 0, 0), "affinity of another": call("sched_setaffinity", 1, 0, 0),
        "limit": call("prlimit64", 0, 7, 0, 0), "limit of another": call("prlimit64", os.getppid(), 7, 0, 0),
        "clone3": call("clone3", 0, 0), "clone": call("clone", 17, 0, 0, 0, 0), "thread": thread,
    }
    print(json.dumps(found))
    return x

def tried(what):
    try:
        what()
    except OSError as error:
        return error.errno
    return 0

def files(x):
    os.makedirs("d/e"); open("d/x", "w").write("1"); os.replace("d/x", "d/e/y"); open("d/e/y", "a").truncate(0)
    found = {
        "own": sorted(os.listdir("d/e")), "null": tried(lambda: open("/dev/null", "w").write("x")),
        "python": tried(lambda: open(os.__file__)), "write python": tried(lambda: open(os.__file__, "a")),
        "urandom": tried(lambda: open("/dev/urandom", "rb").read(1)), "zero": tried(lambda: open("/dev/zero", "rb")),
        "passwd": tried(lambda: open("/etc/passwd")), "root": tried(lambda: os.listdir("/")),
        "tmp": tried(lambda: os.listdir("/tmp")), "make": tried(lambda: open("/tmp/x-%%d" %% os.getpid(), "w")),
        "link": tried(lambda: os.symlink("a", "b")), "remove": tried(lambda: os.remove("d/e/y")),
        "remove folder": tried(lambda: os.rmdir("d/e")), "dev": tried(lambda: os.listdir("/dev")),
        "proc": tried(lambda: open("/proc/version")),
    }
    print(json.dumps(found))
    return x
"""
NAMES = [name for names in FORBIDDEN.values() for name in names if name not in ("setsid", "vfork", "fork")]
UNKNOWN = {name for name in NAMES if name in ("fchmodat2", "memfd_secret", "process_madvise")}  # to an old kernel
LIMITS = Limits(10.0, 20.0, 60.0, memory=700 << 20, files=3 << 20)


def handle(wall: Wall, device: str) -> Student:
    return Student(wall, Program("Lab4.py", (TRY % (NAMES,),)), LIMITS, "Lab4", device=device)


@pytest.fixture(scope="module")
def on_cpu(wall: Wall) -> Iterator[Student]:
    with handle(wall, "cpu") as student:
        yield student


@pytest.fixture(scope="module")
def on_gpu(wall: Wall) -> Iterator[Student]:
    """Bounded as for a GPU; nothing computes there."""
    with handle(wall, "mps") as student:
        yield student


def found(student: Student, function: str) -> Any:
    """What a function of TRY printed."""
    missing = {layer: why for layer, why in student.confinement().items() if why}
    if set(missing) - {"user"}:
        pytest.skip(f"not every layer holds here: {missing}")
    call = student.call(function, {"x": 1.0})
    assert isinstance(call.verdict, Returned), call
    return json.loads(call.printed)


def test_what_a_process_may_use_is_bounded(on_cpu: Student, wall: Wall) -> None:
    limits = found(on_cpu, "limits")
    assert (limits["FSIZE"], limits["CPU"], limits["CORE"]) == ([3 << 20] * 2, [60] * 2, [0, 0])
    assert (limits["NOFILE"], limits["MEMLOCK"]) == ([64, 64], [0, 0])
    assert 600 << 20 < limits["beyond"] <= 700 << 20  # it has mapped a little since
    assert limits["oom"] in ("1000", "0")
    if wall._uid is not None:
        assert limits["uid"] == [wall._uid, wall._uid, []]
        assert limits["NPROC"] == [64, 64]


def test_a_process_for_a_gpu_has_room_for_cuda(on_gpu: Student) -> None:
    limits = found(on_gpu, "limits")
    assert limits["AS"] == [-1, -1]
    assert limits["NOFILE"][0] > 64
    assert (limits["FSIZE"], limits["CPU"], limits["CORE"]) == ([3 << 20] * 2, [60] * 2, [0, 0])


def test_a_process_begins_with_nothing_of_the_graders(on_cpu: Student) -> None:
    begins = found(on_cpu, "limits")
    home, temporary, current = begins["home"]
    assert home == temporary == current
    assert begins["umask"] == 0o077
    assert begins["stdin"] == ""
    assert begins["signals"] == [True, True]
    assert begins["large"]  # a file that is too large is an error, not the end
    assert begins["leader"]
    assert begins["privileges"] == [1, 9]  # none can be gained; it is killed when its parent ends
    assert begins["capabilities"] == ["0" * 16]


def test_what_is_forbidden_is_refused_by_the_kernel(on_cpu: Student, on_gpu: Student) -> None:
    answers = found(on_cpu, "calls")
    assert {name for name, number in answers.items() if number != errno.EPERM} <= UNKNOWN
    open_for_cuda = {name for name, number in found(on_gpu, "calls").items() if number != errno.EPERM} - UNKNOWN
    assert open_for_cuda == {*FORBIDDEN["network"], "memfd_create"}


def test_a_process_can_do_to_itself_what_it_cannot_do_to_others(on_cpu: Student) -> None:
    assert found(on_cpu, "others") == {
        **{"own": 0, "parent": errno.EPERM, "tgkill": 0, "tgkill parent": errno.EPERM},
        **{"affinity": errno.EINVAL, "affinity of another": errno.EPERM},
        **{"limit": 0, "limit of another": errno.EPERM},
        **{"clone3": errno.ENOSYS, "clone": errno.EPERM, "thread": [1]},
    }


def test_only_its_own_folder_and_what_python_needs_are_open(on_cpu: Student, on_gpu: Student) -> None:
    seen = found(on_cpu, "files")
    assert {name for name, number in seen.items() if number == 0} == {
        *("null", "python", "urandom", "remove", "remove folder")
    }
    assert seen["own"] == ["y"]
    assert {number for name, number in seen.items() if number and name != "own"} == {errno.EACCES, errno.EPERM}
    more = {name for name, number in found(on_gpu, "files").items() if number == 0 and seen[name]}
    assert more == {"dev", "proc", "zero"}
