"""What a student's process may not do, tried in one by its own means."""

import errno
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.sandbox.child import system_calls
from autograder.sandbox.child.system_calls import FORBIDDEN, NEWER
from autograder.sandbox.host.calls import ProgramFiles
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import Returned

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

TRY = """
import ctypes, json, os, resource, signal, sys, threading
import pyseccomp
libc = ctypes.CDLL(None, use_errno=True)

def call(name, *arguments, newer=%r):
    try:
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    except (OSError, ValueError):
        number = -1
    if number == -1:
        number = newer.get(name, -1)
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

def commands(x):
    here = os.open("own", os.O_RDWR | os.O_CREAT)
    control = lambda name, *arguments: call(name, *arguments, 0, 0, 0)
    numbers = {"own": 8, "sig": 10, "lease": 1024, "notify": 1026, "own_ex": 15, "get": 3, "dup": 0, "lock": 6}
    found = {name: control("fcntl", here, number, 0) for name, number in numbers.items()}
    found.update(asynchronous=control("fcntl", here, 4, 0o22000), appending=control("fcntl", here, 4, 0o2000))
    found.update(high=control("fcntl", here, 8 + (1 << 32), os.getppid()))
    found.update(fioasync=control("ioctl", here, 0x5452, 0), fiosetown=control("ioctl", here, 0x8901, 0))
    found.update(size=control("ioctl", here, 0x541B, ctypes.addressof(ctypes.c_int())))
    found.update(outlive=control("prctl", 1, 0), dumpable=control("prctl", 4, 1), name=control("prctl", 15, b"x"))
    where = ctypes.c_char_p(b"own")
    opened = lambda flags: call("openat", -100, where, flags, 0o600, 0, 0)
    found.update(truncated=opened(os.O_TRUNC), odd=opened(3 | os.O_TRUNC), nameless=opened(os.O_TMPFILE | 2))
    space = lambda mode: call("fallocate", here, mode, 0, 100, 0, 0)
    found.update(reserved=space(1), longer=space(0))
    found.update(written=opened(os.O_WRONLY | os.O_TRUNC), path=call("truncate", where, 0))
    ctypes.set_errno(0); libc.syscall(1000, 0, 0, 0, 0, 0, 0); found.update(unheard=ctypes.get_errno())
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
        "proc": tried(lambda: open("/proc/version")), "self": tried(lambda: open("/proc/self/status")),
        "parent": tried(lambda: open("/proc/%%d/status" %% os.getppid())),
    }
    print(json.dumps(found))
    return x
"""
NAMES = [name for names in FORBIDDEN.values() for name in names if name not in ("setsid", "vfork", "fork")]
LIMITS = ProcessLimits(10.0, 20.0, 60.0, memory=700 << 20, files=3 << 20)


def handle(server: ForkServer, device: str) -> SandboxedProgram:
    return SandboxedProgram(server, ProgramFiles("Lab4.py", (TRY % (NEWER, NAMES),)), LIMITS, "Lab4", device=device)


@pytest.fixture(scope="module")
def on_cpu(server: ForkServer) -> Iterator[SandboxedProgram]:
    with handle(server, "cpu") as student:
        yield student


@pytest.fixture(scope="module")
def on_gpu(server: ForkServer) -> Iterator[SandboxedProgram]:
    """Bounded as for a GPU; nothing computes there."""
    with handle(server, "mps") as student:
        yield student


def found(student: SandboxedProgram, function: str) -> Any:
    """What a function of TRY printed."""
    missing = {layer: why for layer, why in student.confinement().layers.items() if why}
    if set(missing) - {"user"}:
        pytest.skip(f"not every layer holds here: {missing}")
    call = student.call(function, {"x": 1.0})
    assert isinstance(call.verdict, Returned), call
    return json.loads(call.printed)


def test_every_layer_holds_where_the_kernel_has_it(on_cpu: SandboxedProgram) -> None:
    """Else the tests below would be left out, one by one, and nobody would see it."""
    landlock = pytest.importorskip("landlockpy")
    pytest.importorskip("pyseccomp", exc_type=ImportError)
    if landlock.abi_version() < 6:
        pytest.skip("the kernel's Landlock is older than all that is asked of it")
    assert {layer for layer, why in on_cpu.confinement().layers.items() if why} <= {"user"}


def test_what_a_process_may_use_is_bounded(on_cpu: SandboxedProgram, server: ForkServer) -> None:
    limits = found(on_cpu, "limits")
    assert (limits["FSIZE"], limits["CPU"], limits["CORE"]) == ([3 << 20] * 2, [60] * 2, [0, 0])
    assert (limits["NOFILE"], limits["MEMLOCK"]) == ([64, 64], [0, 0])
    assert 600 << 20 < limits["beyond"] <= 700 << 20  # it has mapped a little since
    assert limits["oom"] in ("1000", "0")
    if server._uid is not None:
        assert limits["uid"] == [server._uid, server._uid, []]
        assert limits["NPROC"] == [64, 64]


def test_a_process_for_a_gpu_has_room_for_cuda(on_gpu: SandboxedProgram) -> None:
    limits = found(on_gpu, "limits")
    assert limits["AS"] == [-1, -1]
    assert limits["NOFILE"][0] > 64
    assert (limits["FSIZE"], limits["CPU"], limits["CORE"]) == ([3 << 20] * 2, [60] * 2, [0, 0])


def test_a_process_begins_with_nothing_of_the_graders(on_cpu: SandboxedProgram) -> None:
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


def test_what_is_forbidden_is_refused_by_the_kernel(on_cpu: SandboxedProgram, on_gpu: SandboxedProgram) -> None:
    answers = found(on_cpu, "calls")
    assert {name: number for name, number in answers.items() if number != errno.EPERM} == {}
    open_for_cuda = {name for name, number in found(on_gpu, "calls").items() if number != errno.EPERM}
    assert open_for_cuda == {*FORBIDDEN["network"], "memfd_create"}


def test_of_calls_with_many_uses_only_the_harmless_are_open(on_cpu: SandboxedProgram) -> None:
    answers = found(on_cpu, "commands")
    fine = {"get", "dup", "lock", "appending", "size", "name", "written", "longer"}
    assert {name for name, number in answers.items() if number in (0, errno.EFAULT)} == fine
    refused = {name: number for name, number in answers.items() if name not in fine}
    assert refused.pop("path") == errno.EPERM
    assert set(refused.values()) == {
        errno.ENOSYS
    }  # as if there were no such thing; so any call that is newer than ours
    assert refused.keys() >= {"own", "sig", "lease", "notify", "high", "outlive", "truncated", "nameless", "unheard"}


def test_a_process_for_a_gpu_is_refused_what_is_known_to_be_harmful(on_gpu: SandboxedProgram) -> None:
    answers = found(on_gpu, "commands")
    refused = {name for name, number in answers.items() if number == errno.EPERM}
    assert refused == {
        *("own", "sig", "own_ex", "lease", "notify", "high", "fiosetown", "outlive", "truncated", "path", "reserved")
    }


def test_a_process_can_do_to_itself_what_it_cannot_do_to_others(on_cpu: SandboxedProgram) -> None:
    assert found(on_cpu, "others") == {
        **{"own": 0, "parent": errno.EPERM, "tgkill": 0, "tgkill parent": errno.EPERM},
        **{"affinity": errno.EINVAL, "affinity of another": errno.EPERM},
        **{"limit": 0, "limit of another": errno.EPERM},
        **{"clone3": errno.ENOSYS, "clone": errno.EPERM, "thread": [1]},
    }


def test_only_its_own_folder_and_what_python_needs_are_open(on_cpu: SandboxedProgram, on_gpu: SandboxedProgram) -> None:
    seen = found(on_cpu, "files")
    assert {name for name, number in seen.items() if number == 0} == {
        *("null", "python", "urandom", "remove", "remove folder", "self")
    }
    assert seen["own"] == ["y"]
    assert {number for name, number in seen.items() if number and name != "own"} == {errno.EACCES, errno.EPERM}
    more = {name for name, number in found(on_gpu, "files").items() if number == 0 and seen[name]}
    assert more == {"dev", "proc", "parent", "zero"}


def test_a_filter_is_prepared_only_if_the_id_can_be_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyseccomp", exc_type=ImportError)
    found = system_calls._compiled(system_calls._filter(system_calls.ANY, gpu=False))
    assert system_calls._constant(system_calls.ANY) in found
    other = system_calls._filter(1234, gpu=False)
    with pytest.raises(ValueError, match="cannot be prepared"):
        system_calls._compiled(other)
    own = system_calls._constant(1234)
    monkeypatch.setattr(system_calls, "ANY", 1234)
    assert system_calls._compiled(other) == found.replace(system_calls._constant(0x7FFFFFFF), own)


@pytest.mark.parametrize(
    "statements",
    [
        "torch.set_num_threads(4); torch.rand(900, 900) @ torch.rand(900, 900); torch.set_num_threads(1)",
        "torch.save({'w': torch.ones(3)}, 'w.pt'); assert torch.load('w.pt')['w'].sum() == 3",
        "model = torch.nn.LSTM(3, 4); model(torch.rand(5, 2, 3))[0].sum().backward()",
        "torch.manual_seed(1); torch.randn(3); torch.utils.data.DataLoader([1, 2], batch_size=1).__iter__().__next__()",
        "np.savez('a.npz', a=np.eye(3)); np.load('a.npz')['a']; np.memmap('m', 'f8', 'w+', shape=(9,))[:] = 1",
        "np.linalg.svd(np.random.default_rng(0).normal(size=(300, 300))); np.fft.fft(np.ones(64))",
        "pool = concurrent.futures.ThreadPoolExecutor(8); assert sum(pool.map(abs, [-1] * 20)) == 20; pool.shutdown()",
        "lock = threading.Lock(); timer = threading.Timer(0.01, lock.acquire); timer.start(); timer.join()",
        "file = tempfile.TemporaryFile(); file.write(b'x'); file.truncate(0); file.close()",
        "folder = tempfile.mkdtemp(); shutil.copyfile('Lab4.py', folder + '/x'); shutil.rmtree(folder)",
        "path = pathlib.Path('d/e'); path.mkdir(parents=True); (path / 'x').write_text('x'); list(path.rglob('*'))",
        "db = sqlite3.connect('x.db'); db.execute('create table t (x)'); db.commit(); db.close()",
        "time.sleep(0.01); datetime.datetime.now(); time.process_time(); time.perf_counter()",
        "signal.signal(signal.SIGALRM, lambda *_: None); signal.setitimer(signal.ITIMER_REAL, 0.01); signal.pause()",
        "read, write = os.pipe(); os.write(write, b'x'); select.select([read], [], [], 1); os.read(read, 1)",
        "logging.basicConfig(filename='log'); logging.warning('x'); print('x', file=sys.stderr); os.isatty(1)",
        "os.cpu_count(); os.getpid(); platform.platform(); resource.getrusage(0); gc.collect()",
        "mmap.mmap(-1, 4096)[0]; array.array('d', [1.0]).tofile(open('a.bin', 'wb')); zlib.compress(b'x' * 9999)",
        "random.seed(1); secrets.token_hex(); uuid.uuid4(); hashlib.sha256(b'x').hexdigest()",
    ],
)
def test_what_programs_do_all_the_time_is_open(server: ForkServer, statements: str) -> None:
    modules = sorted({name for name in sys.stdlib_module_names if f"{name}." in statements})
    heavy = "from concurrent import futures\nimport concurrent.futures\nimport numpy as np\nimport torch\n"
    text = f"import {', '.join([*modules, 'sys'])}\n{heavy}def f(x):\n    {statements}\n    return x\n"
    with SandboxedProgram(server, ProgramFiles("Lab4.py", (text,)), LIMITS, "Lab4") as student:
        call = student.call("f", {"x": 1.0})
    assert isinstance(call.verdict, Returned), call
