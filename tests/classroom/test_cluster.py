"""A class graded on a Dask cluster gets the scores that it gets here."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT, RunClass
from distributed import Client
from test_class_guide import ON_DASK

from autograder import rubric
from autograder.classroom.cluster import Cluster, ClusterWorker
from autograder.classroom.discover import ClassSubmission
from autograder.classroom.worker import GradingTask, NoCluster

sys.path[:0] = [str(ROOT / "tests/hostile")]

import harness  # noqa: E402

DASK = str(Path(sys.executable).with_name("dask"))


@pytest.fixture
def cluster(place: Path) -> Iterator[str]:
    """The address of a cluster of two worker processes that shares no folder with the class; nothing of it is left."""
    harness.become_subreaper()
    before = running()
    # Dask gives a task up when it has lost four workers; to start one takes seconds, so here it is two.
    environment = {"TMPDIR": str(place / "tmp"), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    here = {"cwd": place / "tmp", "env": {**os.environ, **environment}, "stderr": subprocess.DEVNULL}
    file = place / "scheduler.json"
    scheduler, worker, _ = (command.split() for command in ON_DASK)  # as docs/class.md says, but for where and how many
    more = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    processes = [subprocess.Popen([DASK, *scheduler[1:], *more], **here)]  # type: ignore[call-overload]
    until(lambda: file.exists() and file.read_text().rstrip().endswith("}"))  # written whole
    address = json.loads(file.read_text())["address"]
    words = [{"tcp://HOST:8786": address, "4": "2"}.get(word, word) for word in worker[1:]]
    processes.append(subprocess.Popen([DASK, *words, "--no-dashboard"], **here))  # type: ignore[call-overload]
    with Client(address) as client:
        client.wait_for_workers(2)
    yield address
    for process in reversed(processes):
        process.kill()
        process.wait()
    for pid in running(before):
        if b"hide_the_grader" not in command_line(pid):  # those have to see for themselves that nobody needs them
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    until(lambda: not running(before))


def running(besides: Collection[int] = ()) -> set[int]:
    """The processes below this one that have not ended, but `besides` and what is below those."""
    found = set()
    for pid in harness.descendants(besides):
        with contextlib.suppress(OSError):
            if stat(pid)[0] != "Z":
                found.add(pid)
    return found


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)  # to look through all processes takes long too


def command(path: Path, out: Path, *more: str) -> list[str]:
    return [sys.executable, "-I", "-m", "autograder", "class", str(path), "--out", str(out), *more]


def graders() -> set[int]:
    """The worker processes of the cluster that are grading: those with a fork server below them."""
    servers = [pid for pid in harness.descendants() if b"hide_the_grader" in command_line(pid)]
    above = set()
    for pid in servers:
        with contextlib.suppress(OSError):  # it has ended meanwhile
            above.add(int(stat(pid)[1]))
    return {pid for pid in above if b"multiprocessing" in command_line(pid)}  # not we, who inherit a lost worker's


def command_line(pid: int) -> bytes:
    """The words of a process's command; b"" when it has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def stat(pid: int) -> list[str]:
    """The state of a process, its parent, and more."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


@pytest.mark.slow("classes on a Dask cluster")
def test_lost_worker_changes_no_grades(cluster: str, place: Path, run_class: RunClass) -> None:
    subprocess.run([sys.executable, ROOT / "benchmarks/export.py", "-n", "16", place / "class"], check=True)
    shutil.rmtree(place / "class" / next(path.name for path in (place / "class").iterdir() if hangs(path)))
    (place / "class/submission_1").write_bytes(b"")
    run_class(place / "class", place / "here")
    process = subprocess.Popen(command(place / "class", place / "there", "--dask", cluster))
    until(lambda: len([*(place / "there/records").glob("*.msgpack")]) >= 3 and len(graders()) == 2)
    os.kill(graders().pop(), signal.SIGKILL)
    assert process.wait(120) == 0
    assert (place / "there/grades.csv").read_bytes() == (place / "here/grades.csv").read_bytes()
    for folder in ("results", "feedback", "records"):
        names = [sorted(path.name for path in (place / out / folder).iterdir()) for out in ("here", "there")]
        assert names[0] == names[1]


def hangs(folder: Path) -> bool:
    return folder.is_dir() and "while True" in (folder / "Lab4.py").read_text()


@pytest.mark.slow("classes on a Dask cluster")
def test_unreadable_or_killing_submission_stops_nobody(cluster: str, place: Path, run_class: RunClass) -> None:
    for name in ("perfect_plain", "forgot_zero_grad"):
        shutil.copytree(ROOT / "examples" / name, place / "class" / name)
    (place / "class/broken.zip").write_bytes(b"PK\x03\x04")
    run_class(place / "class", place / "here")
    subprocess.run(command(place / "class", place / "there", "--dask", cluster), check=True)
    assert (place / "there/grades.csv").read_bytes() == (place / "here/grades.csv").read_bytes()
    unread = [json.loads((place / out / "results/broken.zip.json").read_text()) for out in ("here", "there")]
    assert unread[0] == unread[1]

    process = subprocess.Popen(command(place / "class", place / "again", "--dask", cluster, "--only", "perfect*"))
    killed: set[int] = set()
    while process.poll() is None:  # as a submission would that is fatal for whoever grades it
        for pid in graders() - killed:
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        time.sleep(0.05)
    assert process.returncode == 3
    assert "grade it by hand" in (place / "again/grades.csv").read_text()


@pytest.mark.slow("classes on a Dask cluster")
def test_lost_scheduler_ends_in_one_sentence(cluster: str, place: Path) -> None:
    (place / "class/a").mkdir(parents=True)
    (place / "class/a/Lab4.py").write_text("import time\ntime.sleep(1000)\n")
    asked = command(place / "class", place / "out", "--dask", cluster)
    process = subprocess.Popen(asked, stderr=subprocess.PIPE, text=True)
    until(graders)
    for pid in running():
        if b"dask\0scheduler" in command_line(pid):
            os.kill(pid, signal.SIGKILL)
    lost = time.monotonic()
    said = process.communicate(timeout=60)[1]
    assert time.monotonic() - lost < 10
    assert (process.returncode, said.count("\n")) == (2, 1), said
    assert said.endswith("the connection to the scheduler is lost; continue with --resume\n")


def test_unreadable_submission_is_skipped_in_a_chunk(place: Path) -> None:
    for out in ("results", "feedback", "records"):
        (place / out).mkdir()
    (place / "broken.zip").write_bytes(b"PK\x03\x04")
    paths = [place / "broken.zip", ROOT / "examples/perfect_plain", place / "broken.zip", ROOT / "examples/prints_only"]
    waiting = deque(GradingTask(ClassSubmission(f"{number}", path), "") for number, path in enumerate(paths))
    cluster = Cluster("tcp://here:8786", rubric.load(ROOT), "cpu", place)
    chunk, unreadable = cluster._next_chunk(waiting, 2)
    assert [task.submission.id for task in chunk] == ["1", "3"]
    assert [done.id for done in unreadable] == ["0", "2"]
    assert not waiting


def test_lost_cluster_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.classroom.cluster.as_completed", lambda: None)  # it asks for a real client

    def lost(*_: object) -> None:
        raise OSError("Timed out trying to connect")

    closed: list[bool] = []
    cluster = Cluster("tcp://here:8786", rubric.load(ROOT), "cpu", tmp_path)
    cluster._client = SimpleNamespace(
        nthreads=lost, cancel=lost, unregister_worker_plugin=lost, close=lambda: closed.append(True)
    )
    cluster._plugin = SimpleNamespace(name="plugin")  # type: ignore[assignment]
    sentence = r"--dask tcp://here:8786: the connection is lost \(Timed out trying to connect\); continue with --resume"
    with pytest.raises(NoCluster, match=sentence):
        list(cluster.graded([GradingTask(ClassSubmission("a", tmp_path), "")]))
    cluster.__exit__(None, None, None)
    assert closed


def test_hanging_submission_does_not_block_teardown(place: Path) -> None:
    """Ctrl-C ends with the plugin's teardown, which Dask calls in the thread that answers the scheduler."""
    (place / "Lab4.py").write_text("import time\ntime.sleep(3)\n")
    plugin = ClusterWorker(rubric.load(ROOT), "cpu")
    plugin.setup(SimpleNamespace(address="here"))
    context = threading.Thread(target=plugin.grade, args=[GradingTask(ClassSubmission("a", place / "Lab4.py"), "")])
    context.start()
    until(lambda: not plugin._one_at_a_time.acquire(blocking=False) or plugin._one_at_a_time.release())
    plugin.teardown(SimpleNamespace())
    assert context.is_alive()
    context.join()


def test_missing_cluster_is_one_sentence(place: Path) -> None:
    shutil.copytree(ROOT / "examples/perfect_plain", place / "class/a")
    environment = {**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    asked = command(place / "class", place / "out", "--dask", "tcp://127.0.0.1:1")
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("autograder: --dask tcp://127.0.0.1:1: no cluster answers there")
    assert done.stderr.count("\n") == 1
