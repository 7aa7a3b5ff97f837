"""Where a student's program computes: the device asked for, first touched in the child, and set up in one place."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from conftest import ROOT, RunVerb

from autograder.sandbox.child import device
from autograder.sandbox.host import gpus, workdir
from autograder.sandbox.host.calls import ProgramFiles
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.gpus import Gpu
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import Array, Device, Loaded, Nothing, Number, Raised, Returned, Sequence

pytestmark = pytest.mark.long
LIMITS = ProcessLimits(5.0, 20.0, 60.0)
X = {"x": 2.0}

# A server in which every way to CUDA raises, but not in its children.
UNTOUCHED = """
import os, torch
from autograder.sandbox.child import server
server_pid = os.getpid()
def guarded(function):
    def call(*args, **kwargs):
        assert os.getpid() != server_pid, "CUDA was touched before the fork"
        return function(*args, **kwargs)
    return call
for name in ("is_available", "device_count", "init", "_lazy_init", "current_device", "get_device_name"):
    setattr(torch.cuda, name, guarded(getattr(torch.cuda, name)))
server.hide_the_grader()
server.main()
"""


class UntouchedServer(ForkServer):
    """A fork server that must not touch CUDA."""

    SERVER = ("-c", UNTOUCHED)


def test_cuda_is_first_touched_in_a_child(tmp_path: Path) -> None:
    text = "import torch\ndef f(x, device='cpu'): return x * torch.cuda.device_count()"
    with UntouchedServer() as server:
        server.import_module("torch.nn")
        with SandboxedProgram(server, ProgramFiles("Lab4.py", (text,)), LIMITS, "Lab4") as student:
            answered = student._server.fork(tmp_path, LIMITS).ask({"do": "device", "wanted": "auto"}, 20).reply
            assert isinstance(answered, Device)
            assert isinstance(student.call("f", X).verdict, Returned)


def test_the_number_of_a_cuda_device_is_one_that_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    wanted = ["auto", "cpu", "cuda", "cuda:0", "cuda:1", "cuda:2"]
    names = [device.choose({"wanted": each})["name"] for each in wanted]
    assert names == ["cuda", "cpu", "cuda", "cuda:0", "cuda:1", None]


TWO_GPUS = """
import glob, os
import torch
from autograder.sandbox.child import device, server
def room(request):  # as if each process took 1000 bytes
    parents = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            parents.append(open(path).read().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            pass
    memory = {"cuda:0": 10_000, "cuda:1": 20_000}[request["device"]]
    return {"type": "room", "free": memory - 1000 * parents.count(str(os.getppid()))}
torch.cuda.is_available = lambda: True
torch.cuda.device_count = lambda: 2
device.room = room
server.hide_the_grader()
server.main()
"""


class WallWithTwoGpus(ForkServer):
    """A fork server on a machine that seems to have two GPUs."""

    SERVER = ("-c", TWO_GPUS)


def test_what_a_process_takes_of_a_gpu_is_the_difference_between_two() -> None:
    with WallWithTwoGpus() as server:
        assert gpus.measure(server, LIMITS, "cuda:1") == (Gpu(1, 20_000, 1000),)
        first, second = gpus.measure(server, LIMITS, "cuda")
        assert (first.index, first.process, second.index) == (0, 1000, 1)
        assert gpus.measure(server, LIMITS, "cuda:2") == ()


def test_a_gpu_on_which_nothing_can_be_computed_has_no_room(server: ForkServer) -> None:
    directory = workdir.create("nothing", (), ())
    assert gpus._measure_one(server, directory, LIMITS, 97) == Gpu(97, 0, 0)
    workdir.remove(directory)


def test_the_room_is_what_is_left_beside_a_computation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda there: (5, 9))
    monkeypatch.setattr(device, "settle", lambda: None)  # it sets torch for the whole process
    assert device.room({"device": "cpu"}) == {"type": "room", "free": 5}


def test_on_another_device_torch_is_set_to_be_exact_and_repeatable(server: ForkServer) -> None:
    text = """
import torch
def f(x):
    backends = torch.backends
    exact = [each.fp32_precision == "ieee" for each in (backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn)]
    repeatable = [torch.are_deterministic_algorithms_enabled(), backends.cudnn.deterministic]
    return [*exact, *repeatable, not backends.cudnn.benchmark, torch.is_deterministic_algorithms_warn_only_enabled()]
"""
    with SandboxedProgram(server, ProgramFiles("Lab4.py", (text,)), LIMITS, "Lab4", device="mps") as student:
        verdict = student.call("f", X).verdict
    assert isinstance(verdict, Returned)
    assert str(verdict.value).count("value=1.0") == 7


@pytest.mark.parametrize(
    ("device", "words"),
    [
        ("cuda:97", "there is no device 'cuda:97' on this machine"),
        ("gpu", "'gpu' is no device; it is one of auto, cpu, cuda, cuda:0 (or another number), mps"),
        ("cuda:", "'cuda:' is no device"),
    ],
)
def test_a_device_that_is_missing_or_none_is_one_sentence(
    device: str, words: str, tmp_path: Path, run_verb: RunVerb
) -> None:
    done = run_verb("grade", ROOT / "reference", "--device", device, "--results", "results.json")
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "results.json").exists()


def test_the_rubric_says_the_device_unless_the_command_does(tmp_path: Path, run_verb: RunVerb) -> None:
    for name in ("reference", "rubric.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "rubric.yaml").unlink()
    text = (ROOT / "rubric.yaml").read_text().replace("\ndevice: auto", "\ndevice: cuda:97")
    (tmp_path / "rubric.yaml").write_text(text)
    command = ["grade", ROOT / "reference", "--lab", tmp_path, "--quiet"]
    done = run_verb(*command)
    assert done.returncode == 2
    assert "there is no device 'cuda:97'" in done.stderr
    done = run_verb(*command, "--device", "cpu")
    assert done.stdout == "100 of 100 points\n"


BUGS = """
import torch
def raises(x, device="cpu"): return torch.tensor(x, device=device).item()
def none(x, device="cpu"): return x, None if device != "cpu" else x
def both(x, device="cpu"): raise ValueError(device)
"""


@pytest.mark.parametrize("patient", [False, True])
def test_a_mistake_with_devices_costs_no_other_check_on_a_gpu(server: ForkServer, patient: bool) -> None:
    with SandboxedProgram(
        server, ProgramFiles("Lab4.py", (BUGS,)), LIMITS, "Lab4", device="mps", patient=patient
    ) as student:
        raises, none, both = (student.call(name, X).verdict for name in ("raises", "none", "both"))
    two = Number(2.0, "float")
    assert isinstance(both, Raised)
    assert both.failure.message == "mps"
    if patient:  # the reference has to be right where it is asked
        assert isinstance(raises, Raised)
        assert none == Returned(Sequence([two, Nothing()]))
    else:
        assert (raises, none) == (Returned(two), Returned(Sequence([two, two])))


CUDA = """
import torch
model = torch.nn.Linear(1, 1).to("cuda:1")
torch.cuda.set_device(1)
def tensors(x):
    one = torch.ones(1, device=torch.device("cuda", 1))
    return torch.tensor(x, device="cuda") * torch.tensor([x]).cuda() + one
def modules(x): return model.cuda()(torch.ones(1).to(torch.device("cuda"))).shape[0] * x
def default(x):
    torch.set_default_device("cuda")
    return torch.tensor(x) + x
def context(x):
    with torch.device("cuda"):
        return torch.tensor(x) + x
"""


@pytest.mark.parametrize(
    ("function", "value"), [("tensors", 5.0), ("modules", 2.0), ("default", 4.0), ("context", 4.0)]
)
def test_cuda_in_a_program_is_taken_for_the_device_in_use(
    student: Callable[..., SandboxedProgram], function: str, value: float
) -> None:
    verdict = student(CUDA).call(function, X).verdict
    assert isinstance(verdict, Returned), verdict
    assert isinstance(verdict.value, Number | Array)
    number = verdict.value
    assert (number.number() if isinstance(number, Number) else number.numbers()[0]) == value


SURFACE = """
import torch
assert torch.cuda.is_available() and torch.backends.mps.is_available()
if not torch.cuda.is_available():
    raise SystemExit
there = torch.cuda.is_available() or torch.backends.mps.is_available()
def names(x):
    words = torch.cuda.get_device_name(0) + torch.cuda.get_device_properties("cuda").name + torch.cuda.memory_summary()
    return len(words) > 0 and torch.cuda.get_device_capability() >= (7, 0)
def amounts(x):
    free, total = torch.cuda.mem_get_info()
    used = torch.cuda.memory_allocated(0) + torch.cuda.max_memory_reserved() + torch.mps.current_allocated_memory()
    return used / 1e6 == 0 and free / total == 1 and torch.cuda.current_device() == 0 == torch.cuda.utilization()
def commands(x):
    for each in (torch.cuda.empty_cache, torch.cuda.init, torch.cuda.ipc_collect, torch.cuda.reset_peak_memory_stats,
                 torch.cuda.synchronize, torch.mps.synchronize, torch.mps.empty_cache, torch.cuda.seed_all):
        assert each() is None, each
    torch.cuda.manual_seed(3), torch.cuda.manual_seed_all(3), torch.mps.manual_seed(3), torch.cuda.set_device(0)
    torch.cuda.set_rng_state(torch.cuda.get_rng_state())
    with torch.random.fork_rng():
        return True
def events(x):
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream), torch.cuda.device(0), torch.cuda.graph(torch.cuda.CUDAGraph()):
        start.record()
        end.record(stream)
    torch.cuda.current_stream().wait_stream(stream)
    return start.elapsed_time(end) == 0.0 and end.query()
def types(x):
    both = torch.ones(1).type("torch.cuda.FloatTensor"), torch.cuda.FloatTensor([1.0])
    return all(isinstance(each, torch.FloatTensor) for each in both)
def places(x):
    generator = torch.Generator(device="cuda").manual_seed(3)
    assert isinstance(generator, torch.Generator)
    one = torch.ones(1)
    made = [torch.rand(1, generator=generator, device=0), one.to(0), one.pin_memory(), one.to("mps")]
    torch.save(made[0], "x.pt")
    made.append(torch.load("x.pt", map_location="cuda:0"))
    return all(each.device.type == "cpu" for each in made)
"""


@pytest.mark.parametrize("function", ["names", "amounts", "commands", "events", "types", "places"])
def test_what_a_gpu_is_asked_is_answered_without_one(student: Callable[..., SandboxedProgram], function: str) -> None:
    handle = student(SURFACE + "def there_is(x): return there")
    assert handle.call(function, X).verdict == Returned(Number(1.0, "bool"))
    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        assert handle.call("there_is", X).verdict == Returned(Number(0.0, "bool"))
    loaded = handle.load().reply
    assert isinstance(loaded, Loaded)
    assert loaded.failures == []
