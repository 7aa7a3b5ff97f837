"""Work on data of others comes back, or ends within its limits of memory and time."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import ROOT

from autograder import limited

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


def test_lost_fork_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> int:
        raise BlockingIOError

    with pytest.raises(limited.TooMuch):
        limited.run(int, os._exit, 0)
    monkeypatch.setattr(os, "fork", none)
    with pytest.raises(limited.TooMuch):
        limited.run(list[int], sorted, [])


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
