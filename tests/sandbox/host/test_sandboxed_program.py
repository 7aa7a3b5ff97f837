"""Whatever a student's program does in the sandbox, a call returns a verdict."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import can_mount

from autograder.errors import GraderFault
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import NotRun, ProgramFiles
from autograder.sandbox.host.confinement import Confinement
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.process import Ended, TimedOut
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import Loaded, Missing, Number, Raised, Returned

pytestmark = pytest.mark.long
Make = Callable[..., SandboxedProgram]
X = {"x": 2.0}


def test_a_call_returns_a_plain_value(student: Make) -> None:
    call = student("def f(x): return x + 1").call("f", X)
    assert call.verdict == Returned(Number(3.0, "float"))


def test_float64_only_on_request(server: ForkServer) -> None:
    program = ProgramFiles(
        "Lab4.py", ("import torch\ndef f(x): return torch.tensor(x)\ndef g(x): return x.double() / 3",)
    )
    dtypes = {}
    for double in (False, True):
        with SandboxedProgram(server, program, ProcessLimits(2.0, 2.0, 60.0), "Lab4", double=double) as handle:
            verdict = handle.call("f", X).verdict
            assert isinstance(verdict, Returned)
            assert isinstance(verdict.value, Number)
            dtypes[double] = verdict.value.dtype
            third = handle.call("g", {"x": 0.1}).verdict  # floats have no double(): it is called with tensors
            assert isinstance(third, Returned)
            assert isinstance(third.value, Number)
            assert (third.value.number() == 0.1 / 3) == double
    assert dtypes == {False: "float32", True: "float64"}


def test_what_is_printed_belongs_to_the_call_that_printed_it(student: Make) -> None:
    handle = student("print('loading')\ndef f(x): print('f', x)\ndef g(x): import os; os.write(2, b'g')")
    assert handle.load().printed == "loading\n"
    assert handle.call("f", X).printed == "f 2.0\n"
    assert handle.call("g", X).printed == "g"


def test_an_exception_names_its_line_in_the_students_file(student: Make) -> None:
    verdict = student("import json\ndef f(x):\n    return json.loads('{' + str(x))").call("f", X).verdict
    assert isinstance(verdict, Raised)
    assert (verdict.failure.file, verdict.failure.line, verdict.failure.source) == (
        "Lab4.py",
        3,
        "return json.loads('{' + str(x))",
    )


@pytest.mark.parametrize("stop", ["breakpoint()", "import pdb; pdb.set_trace()", "__import__('pdb').set_trace()"])
def test_a_breakpoint_names_its_own_line(student: Make, stop: str) -> None:
    verdict = student(f"def f(x):\n    {stop}\n    # here\n    return x").call("f", X).verdict
    assert isinstance(verdict, Raised)
    assert (verdict.failure.type, verdict.failure.line, verdict.failure.source) == ("BdbQuit", 2, stop)


@pytest.mark.parametrize(
    ("body", "verdict", "word"),
    [
        ("import sys; sys.exit(0)", Raised, "SystemExit"),
        ("raise KeyboardInterrupt", Raised, "KeyboardInterrupt"),
        ("import os; os._exit(7)", Ended, "exit status 7"),
        ("import os; os.abort()", Ended, "SIGABRT"),
        ("import ctypes; ctypes.string_at(0)", Ended, "SIGSEGV"),
        ("import os; os.closerange(3, 100); import time; time.sleep(9)", Ended, "closed its connection"),
        ("f(x)", Raised, "RecursionError"),
        ("input('name? ')", Raised, "EOFError"),
        ("class E(Exception):\n  def __str__(self): raise self\n raise E", Raised, "cannot be shown"),
    ],
)
def test_every_way_to_end_has_a_verdict_and_the_next_call_works(
    student: Make, body: str, verdict: type, word: str
) -> None:
    handle = student(f"def f(x):\n {body}\ndef g(x): return x")
    found = handle.call("f", X).verdict
    assert isinstance(found, verdict)
    assert word in str(found)
    assert handle.call("g", X).verdict == Returned(Number(2.0, "float"))


def test_hang_is_stopped_once(student: Make) -> None:
    handle = student(
        """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def f(x):
    while True:
        try:
            while True: pass
        except BaseException: pass
""",
        call=0.3,
    )
    assert [type(handle.call("f", {"x": value}).verdict) for value in (1.0, 2.0, 3.0)] == [TimedOut, TimedOut, NotRun]


class WeakServer(ForkServer):
    """The sandbox as it is where the kernel has neither Landlock nor seccomp: a child can start other processes."""

    SERVER = (
        "-c",
        "from autograder.sandbox.child import confine, server\n"
        "confine._files = confine._system_calls = confine._limits = lambda bounds: None\n"
        "server.main()",
    )


@pytest.fixture(scope="module")
def weak_server() -> Iterator[ForkServer]:
    with WeakServer() as started:
        yield started


@pytest.mark.xdist_group("weak sandbox")
@pytest.mark.parametrize("hide", ["", "os.setsid()", "os.setsid()\n        if os.fork(): os._exit(0)"])
def test_a_child_is_killed_with_all_that_it_started(weak_server: ForkServer, tmp_path: Path, hide: str) -> None:
    pid_file = tmp_path / "pid"
    text = f"""
import os, time
def f(x):
    if not os.fork():
        {hide}
        open({str(pid_file)!r}, 'w').write(str(os.getpid()))
    time.sleep(60)
"""
    with SandboxedProgram(
        weak_server, ProgramFiles("Lab4.py", (text,)), ProcessLimits(1.0, 2.0, 9.0), "Lab4"
    ) as handle:
        assert isinstance(handle.call("f", X).verdict, TimedOut)
        assert not _runs(int(pid_file.read_text()))


@pytest.mark.xdist_group("weak sandbox")
def test_a_weak_sandbox_is_noticed(weak_server: ForkServer) -> None:
    with SandboxedProgram(weak_server, ProgramFiles("", ()), ProcessLimits(1.0, 9.0, 9.0), "probe") as handle:
        confinement = Confinement(handle.confinement().layers)
    assert confinement.missing["files"] == confinement.missing["system calls"] == "it was accepted and does not hold"
    assert confinement.reduced


def _runs(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_output_without_end_is_cut_and_does_not_stop_the_call(student: Make) -> None:
    call = student("def f(x):\n    for _ in range(200_000): print('spam ' * 4)\n    return x", call=20.0).call("f", X)
    assert call.verdict == Returned(Number(2.0, "float"))
    assert len(call.printed) <= ProcessLimits(1, 1, 1).output


def test_a_second_answer_to_the_same_inputs_does_not_count(student: Make) -> None:
    handle = student("n = 0\ndef f(x):\n    global n\n    n += 1\n    return n")
    assert handle.call("f", X).verdict == handle.call("f", X).verdict == Returned(Number(1.0, "int"))
    assert handle.call("f", X, again=True).verdict == Returned(Number(2.0, "int"))


def test_forged_and_late_replies_are_no_answers(student: Make) -> None:
    handle = student("""
import json, os, struct
body = json.dumps({'id': 99, 'reply': {'type': 'returned', 'value': {'type': 'nothing'}}}).encode()
def f(x):
    for fd in range(3, 20):
        try: os.write(fd, struct.pack('>I', len(body)) + body)
        except OSError: pass
    return x
def g(x): return x
""")
    assert isinstance(handle.call("f", X).verdict, Ended)
    assert handle.call("g", X).verdict == Returned(Number(2.0, "float"))


def test_a_missing_function_is_missing(student: Make) -> None:
    assert student("x = 1").call("f", X).verdict == Missing()
    assert student("f = 1").call("f", X).verdict == Missing()


def test_a_failing_import_leaves_the_rest(student: Make) -> None:
    handle = student("import nowhere_to_be_found\nfrom math import no_such_name\ndef f(x): return x")
    loaded = handle.load().reply
    assert isinstance(loaded, Loaded)
    assert [failure.type for failure in loaded.failures] == ["ModuleNotFoundError", "ImportError"]
    assert isinstance(handle.call("f", X).verdict, Returned)


@pytest.mark.parametrize("ending", ["quit()", "raise KeyboardInterrupt", "while True: pass"])
def test_what_was_defined_before_the_end_of_loading_is_called(student: Make, ending: str) -> None:
    handle = student(f"def f(x): return x\n{ending}\ndef g(x): return x", load=1.0)
    assert isinstance(handle.call("f", X).verdict, Returned)
    assert handle.call("g", X).verdict == Missing()


@pytest.mark.parametrize("failing", ["1 / 0", "input()", "import nowhere", "open('/nowhere')", "a = b"])
def test_what_is_defined_below_a_statement_that_fails_is_called(student: Make, failing: str) -> None:
    handle = student(f"{failing}\ndef f(x): return x")
    assert isinstance(handle.call("f", X).verdict, Returned)
    loaded = handle.load().reply
    assert isinstance(loaded, Loaded)
    assert [failure.skipped for failure in loaded.failures] == [True]


def test_a_notebook_is_the_main_program_and_may_await(server: ForkServer) -> None:
    cells = (
        "n = __name__\ndef f(x): return n",
        "import asyncio\nawait asyncio.sleep(0)\nm = await asyncio.sleep(0, 5)\nawait asyncio.sleep(9)",
        "def g(x): return m",
    )
    with SandboxedProgram(
        server, ProgramFiles("Lab4.ipynb", cells, notebook=True), ProcessLimits(2.0, 2.0, 60.0), "Lab4"
    ) as handle:
        assert handle.call("f", X).verdict == Returned(protocol.Text("__main__"))
        assert handle.call("g", X).verdict == Returned(Number(5.0, "int"))
        loaded = handle.load().reply
        assert isinstance(loaded, Loaded)
        assert [(failure.type, failure.line) for failure in loaded.failures] == [("RuntimeError", 4)]


def test_what_is_defined_in_the_main_part_of_a_script_is_called(student: Make) -> None:
    handle = student("a = 0\nif __name__ == '__main__':\n    a = 5\n    def f(x): return a\n    1 / 0\n    a = 6")
    assert handle.call("f", X).verdict == Returned(Number(6.0, "int"))
    assert student("a = 0\nif __name__ == '__main__': a = 5\ndef f(x): return a").call("f", X).verdict == (
        Returned(Number(0.0, "int"))
    )


def test_nothing_is_compiled(student: Make) -> None:
    handle = student("import torch\n@torch.compile\ndef f(x): return x\n@torch.compile(mode='a')\ndef g(x): return x")
    assert [handle.call(name, X).verdict for name in "fg"] == [Returned(Number(2.0, "float"))] * 2


def test_program_that_kills_loading_is_loaded_once(student: Make) -> None:
    handle = student("import os\nos._exit(1)\ndef f(x): return x")
    assert isinstance(handle.call("f", X).verdict, NotRun)
    assert isinstance(handle.load().reply, Ended)


def test_a_failing_cell_of_a_notebook_leaves_the_others(student: Make) -> None:
    handle = student("def f(x): return x", "1 / 0", "syntax error here", "def g(x): return f(x)")
    assert isinstance(handle.call("g", X).verdict, Returned)
    loaded = handle.load().reply
    assert isinstance(loaded, Loaded)
    assert [failure.file for failure in loaded.failures] == ["Lab4.py, code cell 2", "Lab4.py, code cell 3"]


def test_future_imports_hold_for_the_whole_program(student: Make) -> None:
    assert isinstance(
        student("from __future__ import annotations\ndef f(x: no_such_name): return x").call("f", X).verdict, Returned
    )


def test_files_handed_in_beside_the_program_are_there(student: Make) -> None:
    files = (("helper.py", b"def twice(x): return 2 * x"), ("data/n.txt", b"5"))
    handle = student(
        "from helper import twice\ndef f(x): return twice(x) + int(open('data/n.txt').read())", files=files
    )
    assert handle.call("f", X).verdict == Returned(Number(9.0, "float"))


def test_the_working_directory_is_private_and_removed(student: Make) -> None:
    handle = student("""
import os
open("left", "w").write("x")
def f(x):
    status = os.stat(".")
    return f"{os.getcwd()} {os.listdir()} {status.st_mode:o} {status.st_uid == os.getuid()}"
""")
    verdict = handle.call("f", X).verdict
    assert isinstance(verdict, Returned)
    assert isinstance(verdict.value, protocol.Text)
    place, *files, mode, own = verdict.value.value.split()
    assert ("'left'" in " ".join(files), mode, own) == (True, "40700", "True")
    assert Path(place).exists()
    handle.close()
    assert not Path(place).exists()


def test_all_that_was_handed_in_is_there_however_much(server: ForkServer) -> None:
    files = tuple((f"data/{number}.txt", b"x" * 10_000) for number in range(1500))  # 15 MB, more than may be written
    text = """
import os, time
def f(x):
    open("written", "w").write("x" * 9_000_000)
    time.sleep(0.6)  # until it is looked at
    return float(sum(os.stat("data/" + name).st_size for name in os.listdir("data")))
"""
    with SandboxedProgram(
        server, ProgramFiles("Lab4.py", (text,), files), ProcessLimits(9.0, 9.0, 30.0, files=10 << 20), "Lab4"
    ) as handle:
        assert handle.call("f", X).verdict == Returned(Number(15_000_000.0, "float"))
        assert handle._process
        assert not can_mount() or handle._process._own_disk_use() is not None


def test_processes_with_own_disks_need_no_other(
    server: ForkServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What they write is theirs alone, and goes with them."""
    text = """
import glob, os
def f(x):
    open("written", "w").write("x")
    return float("written" in os.listdir("."))
def others(x):
    return [open(path).read() for path in glob.glob(f"{os.path.dirname(os.getcwd())}/*/Lab4.py")].count("secret")
def known(x):
    return open(open("path").read()).read()
"""
    for place in (tmp_path, *tmp_path.parents[:2]):
        place.chmod(0o711)  # their users must reach it
    monkeypatch.setattr(server, "own_disks", False)  # as it is before the first process
    monkeypatch.setattr(server, "memory", tmp_path)
    places, descriptors = [], []
    for _ in range(2):
        with SandboxedProgram(
            server, ProgramFiles("Lab4.py", (text,)), ProcessLimits(9.0, 9.0, 30.0), "Lab4"
        ) as handle:
            assert handle.call("f", X).verdict == Returned(Number(1.0, "float"))
            assert server.own_disks is can_mount()
            assert (handle._directory / "written").exists() is not can_mount()
            files = (("path", str(handle._directory / "Lab4.py").encode()),)
            program = ProgramFiles("Lab4.py", (text,), files)
            with SandboxedProgram(server, program, ProcessLimits(9.0, 9.0, 30.0), "Lab4") as other:
                assert other.call("others", X).verdict == Returned(Number(0.0, "int"))
                verdict = other.call("known", X).verdict
                assert isinstance(verdict, Raised)
                assert verdict.failure.type == "PermissionError"
        assert not handle._directory.exists()
        places.append(handle._directory.parent)
        descriptors.append(len(os.listdir("/dev/fd")))
    assert descriptors[0] == descriptors[1]
    usual = Path(tempfile.gettempdir())
    assert places == [usual, tmp_path if can_mount() else usual]


UNSEEN = """
import mmap, os
kept = []
def f(x):
    for n in range(200):  # 200 MB, of which nothing has a name, nor a descriptor
        with open("f", "w+b") as file:
            file.write(b"x" * (1 << 20))
            file.flush()
            kept.append(mmap.mmap(file.fileno(), 4096))
        os.remove("f")
    return float(len(kept))
"""


def test_what_has_no_name_any_more_is_written_too(server: ForkServer) -> None:
    if not can_mount():
        pytest.skip("a file system of its own takes the right to mount")
    with SandboxedProgram(
        server, ProgramFiles("Lab4.py", (UNSEEN,)), ProcessLimits(9.0, 9.0, 30.0, files=10 << 20), "Lab4"
    ) as handle:
        handle.load()
        process = handle._process
        assert process
        assert process._own_disk_use() is not None
        assert handle.call("f", X).verdict == Ended("wrote more than 10 MB into files")


def test_missing_plotting_modules_are_silent(student: Make) -> None:
    handle = student("""
import seaborn as sns
from tqdm import tqdm, trange
sns.set()
fig, ax = sns.subplots()
ax.plot([1])[0].remove()
def f(x): return sum(tqdm([1, 2])) + len(list(trange(3))) + x
""")
    assert handle.call("f", X).verdict == Returned(Number(8.0, "float"))
    loaded = handle.load().reply
    assert isinstance(loaded, Loaded)
    assert set(loaded.stand_ins) <= {"seaborn", "tqdm"}


@pytest.mark.parametrize(
    "text",
    [
        "def f(x, y, device='cpu'): return device",
        "def f(a, b, *, device): return device",
        "def f(a, b, where): return where",
        "f = lambda x, y, device: device",
    ],
)
def test_the_device_is_given_to_a_function_that_takes_one(student: Make, text: str) -> None:
    verdict = student(text).call("f", {"x": 1.0, "y": 2.0}).verdict
    assert isinstance(verdict, Returned)
    assert verdict.value == protocol.Text("cpu")


@pytest.mark.parametrize(
    "text",
    [
        "def f(x, y): return x - y",
        "def f(*args): return args[0] - args[1]",
        "def f(a, b, extra=1): return a - b",
        "import operator\nf = operator.sub",
    ],
)
def test_a_function_without_a_device_is_called_without_it(student: Make, text: str) -> None:
    verdict = student(text).call("f", {"x": 5.0, "y": 2.0}).verdict
    assert isinstance(verdict, Returned)
    assert verdict.value == Number(3.0, "float")


def test_a_function_with_too_few_parameters_is_told_so(student: Make) -> None:
    verdict = student("def f(x): return x").call("f", {"x": 1.0, "y": 2.0}).verdict
    assert isinstance(verdict, Raised)
    assert verdict.failure.message == "it has to take 2 inputs and takes 1 (x)"


def test_floats_that_raise_are_tried_once_as_tensors(student: Make) -> None:
    verdict = student("def f(x): return x.clone() * 2").call("f", X).verdict
    assert isinstance(verdict, Returned)
    assert verdict.as_tensors
    assert verdict.value == Number(4.0, "float32")


def test_the_use_of_autograd_is_noticed(student: Make) -> None:
    handle = student("""
import torch
def f(x):
    w = torch.tensor(x, requires_grad=True)
    (w * w).backward()
    return w.grad
def g(x):
    w = torch.tensor(x, requires_grad=True)
    return torch.autograd.grad(w * w, w)
def h(x): return 2 * x
""")
    verdicts = [handle.call(name, X).verdict for name in "fgh"]
    assert [isinstance(verdict, Returned) and verdict.autograd for verdict in verdicts] == [True, True, False]


def test_the_child_finds_nothing_of_the_grader(student: Make) -> None:
    text = """
import gc, os, sys
def imported(x):
    try:
        import autograder
    except ImportError:
        return 'no'
def modules(x): return [name for name in sys.modules if name.startswith('autograder')]
def environment(x): return sorted(os.environ)
def descriptors(x): return [int(fd) for fd in os.listdir('/proc/self/fd')]
def memory(x): return sum('rubric' in text or 'too_low' in text for text in gc.get_objects() if type(text) is str)
"""
    handle = student(text)
    assert handle.call("imported", X).verdict == Returned(protocol.Text("no"))
    assert handle.call("modules", X).verdict == Returned(protocol.Sequence([]))
    environment = handle.call("environment", X).verdict
    assert not [name for name in os.environ if name.startswith(("AUTOGRADER", "PYTEST")) and name in str(environment)]
    descriptors = handle.call("descriptors", X).verdict
    assert isinstance(descriptors, Returned)
    assert isinstance(descriptors.value, protocol.Sequence)
    assert len(descriptors.value.items) <= 5  # 0, 1, 2, the channel, and the one that lists them
    assert handle.call("memory", X).verdict == Returned(Number(0.0, "int"))


def test_a_server_that_was_killed_is_started_again(student: Make, server: ForkServer) -> None:
    handle = student("def f(x): return x\ndef g(x): return x")
    assert isinstance(handle.call("f", X).verdict, Returned)
    server._process.kill()
    server._process.wait()
    # The child dies with its server, during one of the next calls or before it.
    verdicts = [handle.call("g", {"x": float(number)}).verdict for number in range(3)]
    assert [type(verdict) for verdict in verdicts].count(Ended) <= 1
    assert isinstance(verdicts[-1], Returned)


def test_reference_survives_a_lost_server(server: ForkServer) -> None:
    program = ProgramFiles("Lab4.py", ("def f(x): return 2 * x",))
    with SandboxedProgram(server, program, ProcessLimits(5.0, 20.0, 60.0), "Lab4", patient=True) as reference:
        assert reference.call("f", X).verdict == Returned(Number(4.0, "float"))
        server._process.kill()
        server._process.wait()
        for number in range(3):  # it dies during one of the next calls or before it
            verdict = reference.call("f", {"x": float(number)}).verdict
            assert verdict == Returned(Number(2.0 * number, "float"))


def test_a_server_that_cannot_import_torch_is_the_graders_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'ImportError: no torch here' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(broken))
    with ForkServer() as server, pytest.raises(GraderFault, match="ImportError: no torch here"):
        server.fork(tmp_path, ProcessLimits(1, 1, 1))


def test_used_up_time_ends_the_rest(server: ForkServer) -> None:
    program = ProgramFiles("Lab4.py", ("import time\ndef f(x): time.sleep(0.6); return x",))
    server.expect_many_forks()  # else this fork may be the one that waits for it
    with SandboxedProgram(server, program, ProcessLimits(5.0, 5.0, 1.0), "Lab4") as handle:
        verdicts = [handle.call("f", {"x": float(number)}).verdict for number in range(3)]
    assert isinstance(verdicts[0], Returned)
    assert verdicts[2] == NotRun("the time for one submission was used up")


def test_a_submission_that_writes_too_much_is_stopped(server: ForkServer) -> None:
    text = """
import time
def f(x):
    for n in range(40):
        open(str(n), 'w').write('x' * 400_000)
    time.sleep(5)
"""
    with SandboxedProgram(
        server, ProgramFiles("Lab4.py", (text,)), ProcessLimits(4.0, 4.0, 9.0, files=10 << 20), "Lab4"
    ) as handle:
        assert handle.call("f", X).verdict == Ended("wrote more than 10 MB into files")


def test_memory_is_bounded(server: ForkServer) -> None:
    with SandboxedProgram(
        server, ProgramFiles("Lab4.py", ("def f(x): return len(bytearray(1 << 30))",)), ProcessLimits(4, 4, 9), "Lab4"
    ) as handle:
        verdict = handle.call("f", X).verdict
    assert isinstance(verdict, Raised)
    assert verdict.failure.type == "MemoryError"


TENSORS = """
import torch, warnings
warnings.simplefilter("error")
def f(x):
    leaf = torch.tensor([1.5, 2.5], requires_grad=True)
    return (
        torch.tensor([[2]]), leaf * 2, torch.zeros(0), torch.tensor([True, False]), torch.eye(2).to_sparse(),
        torch.tensor(float("nan"), dtype=torch.float64), torch.tensor([1j]), torch.zeros(2, 3, device="meta"),
        torch.zeros(4097, dtype=torch.int8),
    )
def g(x): return torch.zeros(4096)
def retried(x): return x.item() if isinstance(x, torch.Tensor) else x.missing
def not_retried(x): raise ValueError(type(x).__name__)
def backward(x):
    if x > 1: torch.tensor(x, requires_grad=True).backward()
    return x
"""


def test_more_values_than_the_judge_reads_are_said_to_be_that(student: Make) -> None:
    handle = student("import torch\ndef f(x): return [torch.tensor(x) for _ in range(int(x))]")
    few, many = (handle.call("f", {"x": number}).verdict for number in (1000.0, 4000.0))
    assert isinstance(few, Returned)
    assert isinstance(few.value, protocol.Sequence | protocol.Array)
    assert isinstance(many, Returned)
    assert many.value == protocol.Strange("far more values than are asked for")


def test_tensors_cross_as_their_values_or_as_a_word(student: Make) -> None:
    handle = student(TENSORS)
    verdict = handle.call("f", X).verdict
    assert isinstance(verdict, Returned), verdict
    assert not verdict.autograd
    assert isinstance(verdict.value, protocol.Sequence)
    assert verdict.value.items == [
        Number(2.0, "int64", (1, 1)),
        protocol.Array([3.0, 5.0], "float32", (2,)),
        protocol.Array([], "float32", (0,)),
        protocol.Array([1.0, 0.0], "bool", (2,)),
        protocol.Array([1.0, 0.0, 0.0, 1.0], "float32", (2, 2)),
        Number("nan", "float64"),
        protocol.Strange("a complex64 tensor of shape (1,) on cpu"),
        protocol.Strange("a float32 tensor of shape (2, 3) on meta"),
        protocol.Strange("a int8 tensor of shape (4097,) on cpu"),
    ]
    assert handle.call("g", X).verdict == Returned(protocol.Array([0.0] * 4096, "float32", (4096,)))


def test_a_call_is_tried_with_tensors_only_where_floats_do_not_fit(student: Make) -> None:
    handle = student(TENSORS)
    assert handle.call("retried", X).verdict == Returned(Number(2.0, "float"), as_tensors=True)
    failed = handle.call("not_retried", X).verdict
    assert isinstance(failed, Raised)
    assert failed.failure.message == "float"
    used = [handle.call("backward", {"x": x}).verdict for x in (2.0, 1.0, 3.0)]
    assert [isinstance(each, Returned) and each.autograd for each in used] == [True, False, True]


def test_a_program_of_very_many_functions_names_the_first(student: Make) -> None:
    defined = "\n".join(f"def f{number}(): pass" for number in range(300))
    failing = "\n".join(f"import missing_{number}" for number in range(21))
    loaded = student(f"{failing}\nx = 3\n{defined}\n").load().reply
    assert isinstance(loaded, Loaded)
    assert len(loaded.functions) == 200
    assert "x" not in loaded.functions
    assert len(loaded.failures) == 20


def test_each_cell_has_its_share_of_the_time(student: Make) -> None:
    handle = student("import time\nwhile True: time.sleep(0.01)", "def f(x): return x", "def g(x): return f(x) + 1")
    assert handle.call("g", X).verdict == Returned(Number(3.0, "float"))
    loaded = handle.load().reply
    assert isinstance(loaded, Loaded)
    assert [(each.type, each.file) for each in loaded.failures] == [("LoadingTookTooLong", "Lab4.py, code cell 1")]


def test_a_program_finds_what_it_was_submitted_with(student: Make) -> None:
    text = (
        "import helper\nget_ipython().run('x')\ndisplay(1)\nimport sys\ndef f(x): return sys.modules['Lab4'].__file__"
    )
    handle = student(text, files=(("helper.py", b"x = 1"),))
    loaded = handle.load().reply
    assert isinstance(loaded, Loaded)
    assert loaded.failures == []
    verdict = handle.call("f", X).verdict
    assert isinstance(verdict, Returned)
    assert isinstance(verdict.value, protocol.Text)
    assert verdict.value.value.endswith("/Lab4.py")


def test_a_program_sees_nothing_of_how_the_grader_was_started(student: Make) -> None:
    text = """
import sys, __main__
def f(x): return [*sys.argv, *sys.orig_argv, *sys.warnoptions, *sys._xoptions]
def g(x): return [sys.flags.isolated, sys.flags.ignore_environment, sys.flags[0], sum(sys.flags.dev_mode for _ in "a")]
def h(x): return __main__.f is f and not hasattr(__main__, "server")
"""
    handle = student(text)
    words = handle.call("f", X).verdict
    assert isinstance(words, Returned)
    assert isinstance(words.value, protocol.Sequence)
    assert [word.value for word in words.value.items if isinstance(word, protocol.Text)] == [
        *("Lab4.py", "python", "Lab4.py")
    ]
    flags = handle.call("g", X).verdict
    assert isinstance(flags, Returned)
    assert isinstance(flags.value, protocol.Sequence)
    assert not any(flag.number() for flag in flags.value.items if isinstance(flag, Number))
    assert handle.call("h", X).verdict == Returned(Number(1.0, "bool"))
