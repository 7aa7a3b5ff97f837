"""Work on data of others comes back, or ends within its limits of memory and time."""

import os
import sys
import time

import pytest

from autograder import limited


def fails() -> None:
    raise ValueError("one sentence")


def endless() -> None:
    while True:
        pass


def test_a_result_and_an_error_come_back() -> None:
    assert limited.run(sorted, [3, 1, 2]) == [1, 2, 3]
    with pytest.raises(ValueError, match="one sentence"):
        limited.run(fails)


def test_time_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SECONDS", 0.2)
    start = time.monotonic()
    with pytest.raises(limited.TooMuch):
        limited.run(endless)
    assert time.monotonic() - start < 5


@pytest.mark.skipif(sys.platform != "linux", reason="macOS keeps to no limit of memory")
def test_memory_ends() -> None:
    assert len(limited.run(bytes, 40_000_000)) == 40_000_000
    with pytest.raises(limited.TooMuch):
        limited.run(bytearray, limited.MEMORY + 1)


def test_a_result_that_is_too_large_or_cannot_be_sent_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises((AttributeError, limited.TooMuch)):
        limited.run(lambda: lambda: None)
    monkeypatch.setattr(limited, "LARGEST", 1000)
    with pytest.raises(limited.TooMuch):
        limited.run(bytes, 100_000)


def test_a_fork_that_ends_by_itself_or_cannot_be_made_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> int:
        raise BlockingIOError

    with pytest.raises(limited.TooMuch):
        limited.run(os._exit, 0)
    monkeypatch.setattr(os, "fork", none)
    with pytest.raises(limited.TooMuch):
        limited.run(sorted, [])


def test_nothing_is_left_behind() -> None:
    before = set(os.listdir("/dev/fd"))
    for _ in range(20):
        limited.run(sorted, [])
    assert set(os.listdir("/dev/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
