"""Time and memory of a command are those of the command, with all its processes."""

import sys
from pathlib import Path

import pytest
from frozen import changeable

from autograder import measure

BUSY = "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass\n"


def python(text: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", text]


def test_a_run_has_its_time_and_memory() -> None:
    run = measure.timed(python(f"{BUSY}\nfull = b'x' * 50_000_000"))
    assert 0.2 <= run.cpu < 3
    assert 0.2 <= run.wall < 60
    assert 50 < run.largest < 2000  # not kilobytes, nor bytes; it may begin as large as what started it


def test_waiting_is_wall_time_and_no_cpu_time() -> None:
    run = measure.timed(python("import time; time.sleep(0.3)"))
    assert run.cpu < 0.3 <= run.wall


def test_a_run_that_fails_says_what_it_said() -> None:
    with pytest.raises(measure.CommandFailed) as caught:
        measure.timed(python("import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(3)"))
    assert str(caught.value).endswith("failed:\nout\nerr\n")


TWO = """
import subprocess, sys, time
child = "full = bytearray(b'x' * 60_000_000); import time; time.sleep(0.5)"
other = subprocess.Popen([sys.executable, "-I", "-S", "-c", child])
full = bytearray(b"x" * 60_000_000)
other.wait()
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no PSS here")
def test_the_peak_is_that_of_all_processes_together() -> None:
    peak = measure.peak_of_tree(python(TWO))
    assert peak is not None
    assert 115 < peak < 2000


def test_no_peak_is_told_where_it_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(pid: int) -> float:
        raise PermissionError

    monkeypatch.setattr(measure, "_pss", closed)
    assert measure.peak_of_tree(python("import time; time.sleep(0.1)")) is None


def test_a_process_that_has_ended_has_no_memory() -> None:
    assert measure._pss(2**22 + 1) == 0


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.measure") == set()
