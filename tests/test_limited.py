"""Work on data of others comes back, or ends within its limits of memory and time."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import ROOT

from autograder import limited
from autograder.errors import FAULT_STATUS

sys.path[:0] = [str(ROOT / "tests/hostile")]

import harness  # noqa: E402


def fails() -> None:
    raise ValueError("one sentence")


def endless() -> None:
    while True:
        pass


def busy() -> None:
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass


def test_a_result_and_an_error_come_back() -> None:
    assert limited.run(list[int], sorted, [3, 1, 2]) == [1, 2, 3]
    assert limited.run(str, "".join, ["a", "\ud800"]) == "a\ud800"  # half a character, as JSON can hold
    with pytest.raises(ValueError, match="one sentence"):
        limited.run(int, fails)


def test_time_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SECONDS", 0.2)
    start = time.monotonic()
    with pytest.raises(limited.TooMuch):
        limited.run(int, endless)
    assert time.monotonic() - start < 5


@pytest.mark.skipif(sys.platform != "linux", reason="macOS keeps to no limit of memory")
def test_memory_ends() -> None:
    assert len(limited.run(str, "x".__mul__, 40_000_000)) == 40_000_000
    with pytest.raises(limited.TooMuch):
        limited.run(int, lambda: len(bytearray(2 * limited.MEMORY)))


def test_a_result_that_is_too_large_or_cannot_be_sent_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(limited.TooMuch):
        limited.run(int, lambda: lambda: None)
    monkeypatch.setattr(limited, "LARGEST", 1000)
    with pytest.raises(limited.TooMuch):
        limited.run(str, "x".__mul__, 100_000)


def test_half_a_result_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited.json, "dumps", lambda _: "[null, [1, 2")  # as where it is ended while it writes
    with pytest.raises(limited.TooMuch):
        limited.run(list[int], sorted, [2, 1])


class TestRepeated:
    def test_results_and_errors_come_back_from_one_process(self) -> None:
        work = limited.Repeated(list[int], sorted)
        assert [work([3, 1, 2]), work([5, 4])] == [[1, 2, 3], [4, 5]]
        assert limited.Repeated(str, "".join)(["a", "\ud800"]) == "a\ud800"
        own = limited.Repeated(int, os.getpid)
        assert own() == own() != os.getpid()
        failing = limited.Repeated(int, fails)
        for _ in range(2):
            with pytest.raises(ValueError, match="one sentence"):
                failing()

    def test_much_data_goes_both_ways(self) -> None:
        work = limited.Repeated(list[str], list)
        assert work(["x" * 1_000_000] * 3) == ["x" * 1_000_000] * 3

    def test_it_goes_on_after_too_much_time_or_a_lost_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limited, "SECONDS", 0.5)
        work = limited.Repeated(float, lambda what: time.sleep(what) if what < 9 else os.getpid())
        first = work(9)
        with pytest.raises(limited.TooMuch):
            work(5)
        second = work(9)
        os.kill(int(second), signal.SIGKILL)
        time.sleep(0.1)
        assert len({first, second, work(9)}) == 3
        assert harness.descendants().keys().isdisjoint({int(first), int(second)})

    def test_interrupted_call_leaves_no_answer(self) -> None:
        def slow(what: str) -> str:
            time.sleep(0.5 if what == "first" else 0)
            return what

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        work = limited.Repeated(str, slow)
        work("start")
        before = signal.signal(signal.SIGALRM, interrupt)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(KeyboardInterrupt):
                work("first")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        time.sleep(0.5)
        assert [work("second"), work("third")] == ["second", "third"]

    def test_lost_process_leaves_no_descriptor(self) -> None:
        work = limited.Repeated(int, os.getpid)
        for reaped in (False, True, False):
            pid = work()
            before = set(os.listdir("/dev/fd"))
            os.kill(pid, signal.SIGKILL)
            if reaped:
                os.waitpid(pid, 0)
            else:
                os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            assert work() != pid
            assert len(os.listdir("/dev/fd")) == len(before)

    @pytest.mark.skipif(sys.platform != "linux", reason="macOS keeps to no limit of memory")
    def test_memory_ends(self) -> None:
        work = limited.Repeated(int, lambda size: len(bytearray(size)))
        with pytest.raises(limited.TooMuch):
            work(2 * limited.MEMORY)
        assert work(10) == 10

    def test_processor_time_is_that_of_a_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limited, "SECONDS", 1.5)  # so at most 2 s of processor time, if calls were added up
        work = limited.Repeated(int, lambda: busy() or os.getpid())
        assert len({work() for _ in range(8)}) == 1

    def test_fork_of_the_owner_asks_a_process_of_its_own(self) -> None:
        work = limited.Repeated(int, os.getppid)
        assert work() == os.getpid()
        assert limited.run(tuple[int, int], lambda: (work(), os.getpid())) != (os.getpid(), os.getpid())
        assert work() == os.getpid()

    def test_it_ends_with_its_owner_and_holds_none_of_its_files(self) -> None:
        reading, writing = os.pipe()
        alone = (
            "import os, sys; from autograder import limited; print(limited.Repeated(int, os.getpid)(), flush=True); "
        )
        command = [sys.executable, "-c", f"{alone} os.close({writing}); sys.stdin.read()"]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=[writing]
        )
        os.close(writing)
        assert process.stdout
        pid = int(process.stdout.readline())
        assert os.read(reading, 1) == b""  # nobody holds the other end
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(pid, ending)
        assert Path(f"/proc/{pid}").exists()
        process.kill()
        process.communicate()
        until = time.monotonic() + 10
        while Path(f"/proc/{pid}").exists() and _state(pid) != "Z" and time.monotonic() < until:
            time.sleep(0.01)
        assert not Path(f"/proc/{pid}").exists() or _state(pid) == "Z"

    def test_result_that_nobody_waits_for_is_no_later_one(self) -> None:
        work = limited.Repeated(list[int], sorted)
        with work.begun([2, 1]) as result:
            assert result() == [1, 2]
        with pytest.raises(KeyError), work.begun([4, 3]):
            raise KeyError
        with work.begun([6, 5]):
            pass
        assert work([8, 7]) == [7, 8]

    def test_call_after_one_that_needed_too_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limited, "SECONDS", 0.3)
        work = limited.Repeated(int, lambda seconds: time.sleep(seconds) or 5)
        with work.begun(9) as result:
            with pytest.raises(limited.TooMuch):
                result()
            assert work(0) == 5

    def test_threads_follow_one_another(self) -> None:
        work = limited.Repeated(list[int], sorted)
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda number: work([number, 0]), range(1, 9))) == [[0, n] for n in range(1, 9)]


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_lost_fork_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> int:
        raise BlockingIOError

    with pytest.raises(limited.TooMuch):
        limited.run(int, os._exit, 0)
    monkeypatch.setattr(os, "fork", none)
    with pytest.raises(limited.TooMuch):
        limited.run(list[int], sorted, [])
    with pytest.raises(limited.TooMuch):
        limited.Repeated(list[int], sorted)([])


def test_nothing_is_left_behind() -> None:
    before = set(os.listdir("/dev/fd"))
    children = set(harness.descendants())
    for _ in range(20):
        limited.run(list[int], sorted, [])
    assert set(os.listdir("/dev/fd")) == before
    assert set(harness.descendants()) <= children


def test_cpu_limit_of_this_process() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with limited.processor_time(0.1, endless.__code__, Path("/elsewhere")):
        for _ in range(2):
            with pytest.raises(limited.TooMuch):
                endless()
    assert (signal.getsignal(signal.SIGVTALRM), signal.getitimer(signal.ITIMER_VIRTUAL)) == (before, (0, 0))


def test_what_must_not_be_left_half_done_is_spared() -> None:
    with limited.processor_time(0.1, busy.__code__, Path(__file__).parent):
        busy()


def test_it_is_raised_only_where_it_is_expected() -> None:
    with limited.processor_time(0.1, endless.__code__, Path("/elsewhere")):
        busy()


def test_beside_the_main_thread_there_is_no_such_limit() -> None:
    def work() -> None:
        with limited.processor_time(0.01, busy.__code__, Path("/elsewhere")):
            done.append(sum(range(1_000_000)))

    done: list[int] = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done


def test_code_that_catches_every_exception_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def stubborn() -> None:
        while True:
            with suppress(BaseException):
                time.sleep(0.01)

    monkeypatch.setattr(limited, "MOST_RAISED", 1)
    pid = os.fork()
    if not pid:
        with limited.wall_time(0.05, stubborn.__code__, Path("/nowhere")):
            stubborn()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == FAULT_STATUS
