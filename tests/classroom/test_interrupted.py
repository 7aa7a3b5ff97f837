"""However the grading of a class ends, nothing runs on, and it goes on where it was."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, RunClass

from autograder.classroom.by_hand import override_file
from autograder.classroom.by_hand.overrides import Override

sys.path[:0] = [str(ROOT / "tests/hostile")]

import harness  # noqa: E402

pytestmark = pytest.mark.long
slow = pytest.mark.slow("classes that are interrupted")
GRACE = 20.0  # seconds until processes that are told to end have ended, on a busy machine


def begin(path: Path, place: Path, *more: str, out: str = "out") -> subprocess.Popen[str]:
    command = [sys.executable, "-I", "-m", "autograder", "class", str(path), "--out", str(place / out), *more]
    environment = {**os.environ, "TMPDIR": str(place / "tmp")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=environment, text=True, start_new_session=True, **pipes)


def finish(path: Path, place: Path, *more: str, out: str = "out", status: int = 0) -> str:
    process = begin(path, place, *more, out=out)
    said, complained = process.communicate(timeout=300)
    assert process.returncode == status, complained
    return said + complained


def wait_for(sign: Path, process: subprocess.Popen[str]) -> None:
    while not sign.exists():
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.01)


def left_running(before: set[int]) -> list[str]:
    """What runs on below this process after a while, as command lines."""
    until = time.monotonic() + GRACE
    while left := harness.descendants(besides=before):
        for pid in left:
            if Path(f"/proc/{pid}/stat").exists() and _state(pid) == "Z":
                os.waitpid(pid, os.WNOHANG)
        if time.monotonic() > until:
            return list(left.values())
        time.sleep(0.05)
    return []


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.fixture
def slow_class(place: Path) -> Path:
    """One right submission, and two that take very long."""
    shutil.copytree(ROOT / "examples/perfect_plain", place / "class/a")
    for name in ("b", "c"):
        (place / "class" / name).mkdir()
        (place / "class" / name / "Lab4.py").write_text("import time\ntime.sleep(1000)\n")
    return place / "class"


@pytest.mark.parametrize(
    ("ending", "all_of_them", "jobs"),
    [
        (signal.SIGINT, False, 2),
        pytest.param(signal.SIGTERM, False, 1, marks=slow),
        pytest.param(signal.SIGHUP, False, 1, marks=slow),
        pytest.param(signal.SIGHUP, True, 2, marks=slow),
        pytest.param(signal.SIGKILL, False, 2, marks=slow),
    ],
)
def test_interrupted_run_leaves_nothing_behind(
    slow_class: Path, place: Path, ending: signal.Signals, all_of_them: bool, jobs: int
) -> None:
    """all_of_them: a terminal that is closed tells the whole group, the workers among them."""
    harness.become_subreaper()
    before = set(harness.descendants())
    process = begin(slow_class, place, "--jobs", str(jobs))
    wait_for(place / "out/records/a.msgpack", process)
    time.sleep(0.5)  # the next ones have begun, and sleep
    os.killpg(process.pid, ending) if all_of_them else process.send_signal(ending)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == (-ending if ending == signal.SIGKILL else 130)
    assert left_running(before) == []
    if ending != signal.SIGKILL:
        *progress, last = said.splitlines()  # on a busy machine there has been time for it
        assert last == f"autograder: interrupted; finished results are in {place / 'out'}, continue with --resume"
        assert all(" done, " in line for line in progress)
    # Whoever is killed by SIGKILL cannot remove what was unpacked; the workers could.
    left = [path for path in (place / "tmp").iterdir() if ending != signal.SIGKILL or "worker" in path.name]
    assert left == []


@slow
def test_early_ctrl_c_is_quiet(slow_class: Path, place: Path) -> None:
    """As a terminal gives it: to the whole group, the workers that are just starting among them."""
    harness.become_subreaper()
    before = set(harness.descendants())
    for delay in (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0):
        command = [sys.executable, "-I", "-m", "autograder", "class", str(slow_class), "--out", str(place / f"{delay}")]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=60)[1]
        assert process.returncode in (130, -signal.SIGINT, 1)
        if (place / f"{delay}").exists():  # then grading had begun
            assert "interrupted" in said
            assert "Traceback" not in said
    assert left_running(before) == []


def recorded(place: Path) -> list[Path]:
    """What has been graded so far."""
    return [*(place / "out/records").glob("*.msgpack")]


@slow
def test_killed_run_resumes_to_the_same_grades(place: Path, run_class: RunClass) -> None:
    """With decisions by hand, which are there from the beginning."""
    made = [sys.executable, str(ROOT / "benchmarks/export.py"), "-n", "14", "--hanging", "0", str(place / "class.zip")]
    subprocess.run(made, check=True)
    with zipfile.ZipFile(place / "class.zip") as archive:
        ids = sorted({name.split("/")[1] for name in archive.namelist() if "/submission_" in name})
    for out in ("out", "undisturbed"):
        (place / out).mkdir()
        for number, id in enumerate(ids[::3]):
            override_file.put(place / out, Override(id, "3.2", number, "by hand", comment="Well."))
        override_file.put(place / out, Override(ids[1], "total", 50, "on paper"))
    run_class(place / "class.zip", place / "undisturbed")
    killed = 0
    for jobs in (2, 1, 2):
        enough = len(recorded(place)) + random.randint(1, 3)
        process = begin(place / "class.zip", place, "--resume", "--jobs", str(jobs))
        while process.poll() is None and len(recorded(place)) < enough:
            time.sleep(random.uniform(0.01, 0.1))
        killed += process.poll() is None  # a later one, with little left to grade, may have ended
        process.kill()
        process.communicate()
    assert killed
    finish(place / "class.zip", place, "--resume", "--jobs", "1")
    pages = [f"feedback/{path.name}" for path in (place / "undisturbed/feedback").iterdir()]
    for name in ("grades.csv", "report.html", "feedback.csv", "overrides.yaml", *pages):
        assert (place / "out" / name).read_bytes() == (place / "undisturbed" / name).read_bytes()
    assert b"on paper" in (place / "out/grades.csv").read_bytes()
