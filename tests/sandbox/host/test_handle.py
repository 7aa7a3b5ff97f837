"""The handle on a submission, with children that are only played: what is asked, how often, and for how long."""

import errno
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox.host import gpus, workdir
from autograder.sandbox.host.calls import ChangedCall, NotRun, ProgramFiles
from autograder.sandbox.host.confinement import PURPOSE, Confinement
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.gpus import Gpu
from autograder.sandbox.host.limits import GRACE, ProcessLimits
from autograder.sandbox.host.process import Ended, Response, TimedOut
from autograder.sandbox.host.program import NO_ANSWER, NO_TIME, SandboxedProgram
from autograder.sandbox.host.protocol import (
    Confined,
    Device,
    DeviceBug,
    DeviceBugs,
    Failure,
    Loaded,
    Missing,
    Raised,
    Reply,
    Room,
    Tried,
)

LIMITS = ProcessLimits(call=10.0, load=20.0, submission=100.0)
LOADED = Loaded([], [], [])
Played = Reply | Ended | TimedOut


class PlayedProcess:
    """Answers in turn what it was given; one of another kind ends it."""

    def __init__(self, server: "PlayedServer") -> None:
        self.server, self.alive, self.pid = server, True, 7
        self.has_own_disk = server.has_own_disk

    def ask(self, request: Mapping[str, Any], seconds: float) -> Response:
        self.server.asked.append((dict(request), seconds))
        reply = LOADED if request["do"] == "load" and not self.server.load else self.server.replies.pop(0)
        self.alive = not isinstance(reply, (Ended, TimedOut))
        return Response(reply, "printed")

    def close(self) -> int:
        self.server.closed += 1
        self.alive = False
        return 0


class PlayedServer:
    """load: whether the answer to loading is one of the replies too."""

    def __init__(self, *replies: Played, load: bool = False) -> None:
        self.replies, self.load = list(replies), load
        self.asked: list[tuple[dict[str, Any], float]] = []
        self.forks: list[bool] = []
        self.closed = 0
        self.own_disks = self.has_own_disk = False
        self.memory: Path | None = None

    def remove_leftovers(self, directory: Path) -> None:
        pass

    def import_parts(self, text: bytes) -> None:
        pass

    def fork(self, directory: Path, limits: ProcessLimits, *, gpu: bool = False) -> PlayedProcess:
        self.forks.append(gpu)
        return PlayedProcess(self)


def student(server: PlayedServer, cells: tuple[str, ...] = ("x",), files: Any = (), **more: Any) -> SandboxedProgram:
    return SandboxedProgram(server, ProgramFiles("mine.py", cells, files), LIMITS, "Lab4", **more)  # type: ignore[arg-type]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_call_is_asked_with_all_that_belongs_to_it(clock: list[float]) -> None:
    server = PlayedServer(Missing())
    with student(server, ("a", "b")) as handle:
        call = handle.call("f", {"x": 1.0, "w": 2.0}, {"lr": 0.1}, ["loss"])
        assert (call.verdict, call.printed) == (Missing(), "printed")
        assert handle.pid == 7
        assert handle.loading == handle.load() == Response(LOADED, "printed")
    (load, loading), (asked, seconds) = server.asked
    assert (load["cells"], load["name"], load["module"], load["seconds"]) == (["a", "b"], "mine.py", "Lab4", 20)
    assert (load["double"], load["device"], load["cuda"]) == (False, "cpu", False)
    assert (asked["function"], asked["inputs"], asked["settings"], asked["fields"]) == (
        *("f", {"x": 1.0, "w": 2.0}, {"lr": 0.1}, ["loss"]),
    )
    assert (asked["device"], asked["strict"]) == ("cpu", False)
    assert (loading, seconds) == (22, 10)
    assert (server.forks, server.closed, handle.pid) == ([False], 1, None)


def test_the_time_of_a_submission_begins_when_torch_is_complete(clock: list[float]) -> None:
    class Slow(PlayedServer):
        def import_parts(self, text: bytes) -> None:
            clock[0] += LIMITS.submission - 1

    server = Slow(Missing())
    with student(server) as handle:
        handle.call("f", {})
    assert [seconds for _, seconds in server.asked] == [LIMITS.load + GRACE, LIMITS.call]


def test_a_patient_handle_on_a_gpu_says_so(clock: list[float]) -> None:
    server = PlayedServer(Missing())
    with student(server, device="cuda", patient=True, double=True) as handle:
        handle.call("f", {})
    assert server.asked[0][0]["double"]
    assert server.asked[1][0]["strict"]
    assert server.forks == [True]


@pytest.mark.parametrize(
    ("cells", "files", "mentions"),
    [
        (("x.cuda()",), (), True),
        (("x", "device = 'cuda'"), (), True),
        (("x",), (("helper.py", b"cuda"),), True),
        (("x",), (("helper.txt", b"cuda"),), False),
        (("cu", "da"), (), False),
    ],
)
def test_a_program_that_names_cuda_is_known(cells: tuple[str, ...], files: Any, mentions: bool) -> None:
    server = PlayedServer()
    with student(server, cells, files) as handle:
        handle.load()
    assert server.asked[0][0]["cuda"] == mentions


def test_an_answer_is_remembered_by_function_inputs_and_settings() -> None:
    server = PlayedServer(*[Missing()] * 4)
    with student(server) as handle:
        for _ in range(2):
            handle.call("f", {"x": 1.0})
            handle.call("g", {"x": 1.0})
            handle.call("f", {"x": 2.0})
            handle.call("f", {"x": 1.0}, {"lr": 1})
    assert len(server.asked) == 1 + 4


@pytest.mark.parametrize(("others", "asked"), [(499, 500), (500, 502)])
def test_five_hundred_answers_are_remembered(others: int, asked: int) -> None:
    server = PlayedServer(*[Missing()] * 600)
    with student(server) as handle:
        for number in [*range(others + 1), 0]:
            handle.call("f", {"x": float(number)})
    assert len(server.asked) - 1 == asked


def test_a_third_wait_for_a_function_is_not_made() -> None:
    server = PlayedServer(*[TimedOut(1.0)] * 2, Missing(), *[TimedOut(1.0)] * 9)
    with student(server) as handle:
        verdicts = [handle.call("f", {"x": float(number)}).verdict for number in range(3)]
        assert verdicts == [TimedOut(1.0), TimedOut(1.0), NotRun("f() already took too long 2 times")]
        assert handle.call("g", {}).verdict == Missing()
    assert len(server.forks) == 3
    server = PlayedServer(*[TimedOut(1.0)] * 4)
    with student(server, patient=True) as handle:
        assert {handle.call("f", {"x": float(number)}).verdict for number in range(4)} == {TimedOut(1.0)}


def test_ended_process_is_replaced() -> None:
    server = PlayedServer(Ended("died"), Room(1), Missing())
    with student(server) as handle:
        assert handle.call("f", {"x": 1.0}).verdict == Ended("died")
        assert server.closed == 0
        assert handle.call("f", {"x": 2.0}).verdict == NO_ANSWER
        assert server.closed == 1
        assert handle.call("f", {"x": 3.0}).verdict == Missing()
    assert len(server.forks) == 3


@pytest.mark.parametrize(("reply", "loads"), [(Ended("died"), 1), (TimedOut(1.0), 1)])
def test_a_program_that_ends_its_process_is_loaded_once(reply: Ended | TimedOut, loads: int) -> None:
    server = PlayedServer(reply, load=True)
    with student(server) as handle:
        assert handle.call("f", {"x": 1.0}).verdict == NotRun("the program could not be loaded")
        assert handle.call("f", {"x": 2.0}).verdict == NotRun("the program could not be loaded")
        assert handle.device_bugs("f", {}, {}) == NotRun("the program could not be loaded")
        assert handle.load().reply == reply
    assert len(server.forks) == loads


def test_what_is_left_of_the_time_is_all_that_a_call_has(clock: list[float]) -> None:
    server = PlayedServer(*[Missing()] * 3, DeviceBugs([], ""))
    with student(server) as handle:
        clock[0] = 85.0
        handle.load()
        assert server.asked[0][1] == 15 + 2
        handle.call("f", {"x": 1.0})
        assert server.asked[1][1] == 10
        clock[0] = 92.5
        handle.call("f", {"x": 2.0})
        assert server.asked[2][1] == 7.5
        clock[0] = 97.0
        handle.call("f", {"x": 3.0})
        handle.device_bugs("f", {}, {})
        asked = [(request["do"], seconds) for request, seconds in server.asked[3:]]
        assert asked == [("call", 3), ("device_bugs", 3)]
        clock[0] = 100.0
        assert handle.call("f", {"x": 4.0}).verdict == handle.device_bugs("f", {}, {}) == NO_TIME
    late = PlayedServer()
    with student(late) as handle:
        clock[0] = 200.0
        assert handle.call("f", {}).verdict == NO_TIME
    assert late.forks == []


def test_device_bugs_are_looked_for_four_seconds_at_most(clock: list[float]) -> None:
    server = PlayedServer(DeviceBugs([], "raised"), Ended("died"), Room(1), Missing())
    with student(server, ("cuda",)) as handle:
        assert handle.device_bugs("f", {"x": 1.0}, {"lr": 2}) == DeviceBugs([], "raised")
        asked, seconds = server.asked[1]
        assert (asked["inputs"], asked["settings"], asked["cuda"], seconds) == ({"x": 1.0}, {"lr": 2}, True, 4)
        assert (handle.pid, server.closed) == (7, 0)
        assert handle.device_bugs("f", {}, {}) == Ended("died")
        assert (handle.pid, server.closed) == (None, 1)
        assert handle.device_bugs("f", {}, {}) == NO_ANSWER
        assert handle.pid is None


def test_a_reference_that_is_killed_while_it_loads_is_asked_again() -> None:
    server = PlayedServer(LOADED, Missing(), Ended("killed"), LOADED, Raised(Failure("E", "")), load=True)
    with student(server, patient=True) as handle:
        assert handle.call("f", {"x": 1.0}).verdict == Missing()
        handle.rest()
        handle.rest()
        assert handle.call("f", {"x": 2.0}).verdict == Raised(Failure("E", ""))
    asked = [request["do"] for request, _ in server.asked]
    assert asked == ["load", "call", "load", "load", "call"]


def test_a_program_that_rests_ends_its_process_until_it_is_called() -> None:
    server = PlayedServer(Missing(), Missing(), Missing())
    with student(server, patient=True) as handle:
        handle.call("f", {"x": 1.0})
        handle.rest()
        assert (handle.pid, server.closed) == (7, 0)  # it was called since it was there
        handle.call("f", {"x": 2.0})
        handle.rest()
        handle.call("f", {"x": 1.0})  # the answer is known
        handle.rest()
        assert (handle.pid, server.closed) == (None, 1)
        handle.rest()
        assert handle.call("f", {"x": 3.0}).verdict == Missing()
        assert (handle.pid, server.closed, server.forks) == (7, 1, [False, False])


def test_what_no_process_writes_to_is_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Once a process has shown that it has a file system of its own; and unless it is large, or there is no room."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "disk"))
    for name in ("disk", "memory"):
        (tmp_path / name).mkdir()
    server = PlayedServer(*[Missing()] * 6)

    def place(**more: Any) -> str:
        with student(server, **more) as handle:
            handle.call("f", {"x": 1.0})
            assert (handle._directory / "Lab4.py").read_text() == "x"
            return handle._directory.parent.name

    server.memory = tmp_path / "memory"
    assert place() == "disk"
    server.has_own_disk = True
    assert place() == "disk"
    assert place() == "memory"
    assert place(files=(("data.csv", b"1" * workdir.SMALL),)) == "disk"
    monkeypatch.setattr(workdir, "ROOM", 1 << 60)  # bytes, more than any memory has
    assert place() == "disk"
    server.memory = None
    assert place() == "disk"


def test_where_memory_has_no_room_for_a_file_the_disk_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "disk"))
    for name in ("disk", "memory"):
        (tmp_path / name).mkdir()
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.parent.parent.name == "memory" and path.name == "Lab4.py":
            raise OSError(errno.ENOSPC, "no entries are left")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    directory = workdir.create("Lab4", ("x",), (("data.csv", b"1"),), tmp_path / "memory")
    assert (directory.parent.name, sorted(os.listdir(directory))) == ("disk", ["Lab4.py", "data.csv"])
    assert not os.listdir(tmp_path / "memory")
    workdir.remove(directory)
    (tmp_path / "memory").rmdir()
    assert workdir.create("Lab4", ("x",), (), tmp_path / "memory").parent.name == "disk"


def test_nothing_remains_of_a_directory_that_could_not_be_filled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def interrupted(path: Path, content: bytes) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        workdir.create("Lab4", ("x",), (("d/data.csv", b"1"),))
    assert not os.listdir(tmp_path)


def test_a_working_directory_has_no_link_in_its_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process with file systems of its own may see something else where the link leads."""
    (tmp_path / "place").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "place")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "link"))
    assert workdir.create("Lab4", ("x",), ()).parent == tmp_path.resolve() / "place"


NO_BUGS = DeviceBugs([], "")
A_BUG = DeviceBugs([DeviceBug("cpu", None, 1, 2)], "")


@pytest.mark.parametrize("found", [A_BUG, DeviceBugs([], "raised"), Ended("died"), TimedOut(3.0), Missing()])
def test_device_bugs_are_those_where_no_function_has_been_called(found: Any) -> None:
    """What is said of them must not depend on hidden inputs."""
    server = PlayedServer(Missing(), found, A_BUG, NO_BUGS)
    with student(server) as handle:
        handle.call("f", {"x": 1.0})
        first = handle._directory
        assert handle.device_bugs("f", {}, {}) == A_BUG
        assert handle._directory != first
        assert not first.exists()
        assert handle.device_bugs("g", {}, {}) == NO_BUGS  # nothing was called between the two
    asked = [request["do"] for request, _ in server.asked]
    assert asked == ["load", "call", "device_bugs", "load", "device_bugs", "device_bugs"]


@pytest.mark.parametrize("found", [NO_BUGS, DeviceBugs([], "device unused"), DeviceBugs([], "no device")])
def test_a_program_without_device_bugs_needs_no_other_process(found: DeviceBugs) -> None:
    server = PlayedServer(Missing(), found, found)
    with student(server) as handle:
        handle.call("f", {"x": 1.0})
        assert handle.device_bugs("f", {}, {}) == handle.device_bugs("g", {}, {}) == found
    assert [request["do"] for request, _ in server.asked] == ["load", "call", "device_bugs", "device_bugs"]


def test_device_bugs_of_a_program_whose_process_ended_are_looked_for_at_once_in_a_new_one() -> None:
    server = PlayedServer(Ended("died"), A_BUG)
    with student(server) as handle:
        handle.call("f", {"x": 1.0})
        assert handle.device_bugs("f", {}, {}) == A_BUG
    assert [request["do"] for request, _ in server.asked] == ["load", "call", "load", "device_bugs"]


CHANGED = ChangedCall("f", {"x": 1.0}, {}, ("y",), (), (), {}, "", (), ())


def test_changes_are_tried_where_nothing_was_called_or_searched() -> None:
    tried = Tried([], None, None)
    server = PlayedServer(Missing(), A_BUG, A_BUG, tried, tried, Ended("died"))
    with student(server) as handle:
        handle.call("f", {"x": 1.0})
        handle.device_bugs("f", {}, {})
        assert handle.try_changes(CHANGED, 0.3) == tried
        assert handle.try_changes(CHANGED, 0.3, among=(7, 9)) == tried
        assert handle.try_changes(CHANGED, 0.3) is None
        assert handle.try_changes(CHANGED, 0.3) is None  # a search that ended the process is not begun again
    asked = [request["do"] for request, _ in server.asked]
    assert asked == ["load", "call", "device_bugs", "load", "device_bugs", "load", "repair", "repair", "repair"]
    assert server.asked[5][1] == pytest.approx(0.3 + GRACE)  # it must not take as long as loading may
    request, seconds = server.asked[7]
    assert (request["first"], request["last"], request["inputs"]) == (7, 9, {"x": 1.0})
    assert seconds == pytest.approx(0.3 + GRACE)


def test_failed_process_is_replaced() -> None:
    class Full(PlayedProcess):
        def ask(self, request: Mapping[str, Any], seconds: float) -> Response:
            if request["do"] == "load":
                return super().ask(request, seconds)
            self.close()
            raise OSError(errno.ENOSPC, "No space left on device")

    server = PlayedServer(Missing())
    server.fork = lambda *_, **__: Full(server)  # type: ignore[method-assign]
    with student(server) as handle:
        with pytest.raises(OSError, match="No space"):
            handle.call("f", {"x": 1.0})
        server.fork = lambda *_, **__: PlayedProcess(server)  # type: ignore[method-assign]
        assert handle.call("f", {"x": 2.0}).verdict == Missing()


@pytest.mark.parametrize(("device", "gpu"), [("cpu", False), ("cuda", True), ("mps", True)])
def test_confinement_is_asked_of_a_fresh_child_which_then_loads_the_program(device: str, gpu: bool) -> None:
    server = PlayedServer(Confined({"files": ""}), Missing())
    with student(server, device=device) as handle:
        assert handle.confinement() == Confined({"files": ""})
        assert handle.call("f", {}).verdict == Missing()
    assert [request["do"] for request, _ in server.asked] == ["confinement", "load", "call"]
    assert (server.forks, server.closed) == ([gpu], 1)


def test_a_child_that_does_not_know_its_confinement_is_not_used() -> None:
    server = PlayedServer(Missing(), Missing())
    with student(server) as handle:
        assert handle.confinement() == Confined({})
        assert handle.call("f", {}).verdict == Missing()
    assert (len(server.forks), server.closed) == (2, 2)


# ---------------------------------------------------------------- GPUs


@pytest.mark.parametrize(
    ("wanted", "likely", "asked"),
    [("cpu", True, False), ("auto", False, False), ("auto", True, True), ("cuda", False, True), ("mps", False, True)],
)
def test_a_child_is_asked_for_a_device_where_that_is_worth_it(
    wanted: str, likely: bool, asked: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gpus, "may_exist", lambda: likely)
    server = PlayedServer(Device("cuda", 2))
    found = gpus.available(server, tmp_path, LIMITS, wanted)  # type: ignore[arg-type]
    assert found == (Device("cuda", 2) if asked else Device("cpu"))
    assert server.asked == ([({"do": "device", "wanted": wanted}, 20)] if asked else [])
    assert (server.forks, server.closed) == (([True], 1) if asked else ([], 0))


def test_a_child_that_does_not_answer_has_no_device(tmp_path: Path) -> None:
    server = PlayedServer(Ended("died"))
    assert gpus.available(server, tmp_path, LIMITS, "cuda") == Device(None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "replies", "found"),
    [
        ("cuda", (Device("cuda", 2), Room(900), Room(700), Room(50), Room(60)), (Gpu(0, 1100, 200), Gpu(1, 50, 0))),
        ("cuda:1", (Device("cuda:1", 2), Room(900), Room(700)), (Gpu(1, 1100, 200),)),
        ("cuda:1", (Device(None, 1),), ()),
        ("cuda", (Device("cuda", 1), Room(900), Missing()), (Gpu(0, 1800, 900),)),
    ],
)
def test_the_room_of_each_gpu_is_measured_with_two_children(
    wanted: str, replies: tuple[Played, ...], found: tuple[Gpu, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = PlayedServer(*replies)
    assert gpus.measure(server, LIMITS, wanted) == found  # type: ignore[arg-type]
    assert server.closed == len(server.forks) == len(replies)
    assert set(server.forks) == {True}


def test_one_driver_makes_a_gpu_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpus, "DRIVERS", ("/nowhere", "/dev/null"))
    assert gpus.may_exist()
    monkeypatch.setattr(gpus, "DRIVERS", ("/nowhere",))
    assert not gpus.may_exist()


# ---------------------------------------------------------------- layers and folders


@pytest.mark.parametrize(
    ("missing", "safe", "reduced"),
    [
        (set(), True, False),
        ({"user"}, True, False),
        ({"files"}, True, True),
        ({"files", "system calls"}, True, True),
        ({"user", "files"}, False, True),
        ({"user", "system calls"}, False, True),
        ({"user", "limits"}, True, True),
    ],
)
def test_what_is_safe_and_what_is_reduced(missing: set[str], safe: bool, reduced: bool) -> None:
    confinement = Confinement({name: "why" if name in missing else "" for name in PURPOSE})
    assert (confinement.safe, confinement.reduced) == (safe, reduced)
    assert confinement.missing == dict.fromkeys(missing, "why")
    assert set(Confinement({}).missing.values()) == {"it did not answer"}


def test_workdir_has_the_program_under_the_labs_name() -> None:
    files = (("Lab4.py", b"old"), ("d/e/x.txt", b"x"))
    directory = workdir.create("Lab4", ("a", "b"), files)
    assert (directory / "Lab4.py").read_text() == "a\n\nb"
    assert (directory / "d/e/x.txt").read_bytes() == b"x"
    (directory / "d").chmod(0o000)
    workdir.remove(directory)
    assert not directory.exists()
    workdir.remove(directory)


def test_a_folder_that_python_cannot_remove_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(*_: object, **__: object) -> None:
        raise RecursionError

    directory = workdir.create("Lab4", ("a",), (("d/x", b"x"),))
    (directory / "d").chmod(0o500)
    monkeypatch.setattr(workdir.shutil, "rmtree", too_deep)
    workdir.remove(directory)
    assert not directory.exists()


@pytest.mark.parametrize("end", ["while True: pass", "import os; os._exit(3)", "import ctypes; ctypes.string_at(0)"])
def test_an_unfinished_line_is_heard_whatever_follows(server: ForkServer, end: str) -> None:
    text = f"def f(x):\n    print('step 1', end=' ')\n    {end}\n"
    with SandboxedProgram(server, ProgramFiles("Lab4.py", (text,)), ProcessLimits(1.0, 20.0, 60.0), "Lab4") as student:
        assert "step 1" in student.call("f", {"x": 1.0}).printed


REMEMBERING = """
import torch
last = {}
def f(x, w, device):
    x = torch.tensor(x, device=device)
    w = torch.tensor(w, requires_grad=True).to(device)
    ((x * w - 1) ** 2).backward()
    if w.grad is not None:
        last["gradient"] = w.grad.item()
    return last.get("gradient")
"""


@pytest.mark.parametrize("called", [False, True])
def test_earlier_calls_do_not_hide_a_device_bug(server: ForkServer, called: bool) -> None:
    limits = ProcessLimits(5.0, 20.0, 60.0)
    with SandboxedProgram(server, ProgramFiles("Lab4.py", (REMEMBERING,)), limits, "Lab4") as student:
        if called:
            student.call("f", {"x": 1.5, "w": 0.7})
        found = student.device_bugs("f", {"x": 1.5, "w": 0.7}, {})
    assert isinstance(found, DeviceBugs)
    assert [bug.kind for bug in found.bugs] == ["leaf"]
