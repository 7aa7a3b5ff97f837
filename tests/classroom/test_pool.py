"""Submissions of a class are graded side by side and do not disturb each other."""

import contextlib
import errno
import json
import multiprocessing
import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from autograder.classroom import store, worker
from autograder.classroom.discover import ClassSubmission
from autograder.classroom.pool import WorkerPool, _Worker
from autograder.classroom.worker import Begun, Done, GradingTask
from autograder.fileio import CannotWrite, write_text
from autograder.grader import Grader
from autograder.outcome import GradeReport
from autograder.rubric import Lab, load
from autograder.sandbox.host.fork_server import ForkServer

pytestmark = pytest.mark.long
HOSTILE = ROOT / "tests/hostile/cases"
QUICK = {"call": 2, "load": 5, "submission": 10}


def graded(lab: Lab, out: Path, handed: dict[str, Path], jobs: int = 2) -> dict[str, float]:
    tasks = [GradingTask(ClassSubmission(name, path), name) for name, path in handed.items()]
    with WorkerPool(("cpu",) * jobs, lab, out) as team:
        found = {done.id: done.points for done in team.graded(tasks)}
        assert len(multiprocessing.active_children()) <= min(jobs, len(tasks))
    assert not multiprocessing.active_children()
    return found


@pytest.fixture
def quick(tmp_path: Path) -> Lab:
    """The lab with short limits, in a folder of its own."""
    shutil.copytree(ROOT / "reference", tmp_path / "lab/reference")
    rubric = (ROOT / "rubric.yaml").read_text()
    for name, seconds in QUICK.items():
        rubric = re.sub(rf"^  {name}: \d+", f"  {name}: {seconds}", rubric, flags=re.MULTILINE)
    (tmp_path / "lab/rubric.yaml").write_text(rubric)
    return load(tmp_path / "lab")


def test_never_more_workers_than_submissions(quick: Lab, tmp_path: Path) -> None:
    assert graded(quick, tmp_path / "out", {"a": ROOT / "examples/perfect_plain"}, jobs=9) == {"a": 100}
    assert graded(quick, tmp_path / "out", {}) == {}


def test_a_submission_is_not_to_blame_for_workers_that_were_dead_before(quick: Lab, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    team = WorkerPool(("cpu",) * 2, quick, tmp_path / "out")
    for _ in team.devices:
        ours, theirs = context.Pipe()
        process = context.Process(target=int)
        process.start()
        theirs.close()
        team._workers.append(_Worker(process, ours, "cpu"))
        process.join()
    with team:
        task = GradingTask(ClassSubmission("a", ROOT / "examples/perfect_plain"), "a")
        assert [done.points for done in team.graded([task])] == [100]


def test_nor_for_idle_workers_that_die_before_they_begin(quick: Lab, tmp_path: Path) -> None:
    """What kills them may take a while, in which a task still reaches them."""
    one, two, three = (GradingTask(ClassSubmission(name, ROOT / "examples/perfect_plain"), name) for name in "abc")
    with WorkerPool(("cpu",) * 2, quick, tmp_path / "out") as team:
        assert {done.points for done in team.graded([one, two])} == {100}
        assert len(team._workers) == 2
        for number, worker in enumerate(team._workers):
            assert worker.process.pid
            os.kill(worker.process.pid, signal.SIGSTOP)  # it takes the task and does not begin
            threading.Timer(0.3 + number, os.kill, (worker.process.pid, signal.SIGKILL)).start()
        assert [done.points for done in team.graded([three])] == [100]


def test_it_is_to_blame_for_two_workers_that_die_of_it(
    quick: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    died: list[int] = []

    def play(connection: Any, number: int) -> None:
        with connection, contextlib.suppress(EOFError):
            while task := connection.recv():
                connection.send(Begun())
                if task.submission.id == "deadly":
                    died.append(number)
                    return
                connection.send(Done(task.submission.id, 100.0, "", 0.0))

    def started(team: WorkerPool) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        process: Any = threading.Thread(target=play, args=(theirs, len(died)))
        process.start()
        return _Worker(process, ours, "cpu")

    monkeypatch.setattr(WorkerPool, "_start_worker", started)
    tasks = [
        GradingTask(ClassSubmission(name, ROOT / "examples/perfect_plain"), name) for name in ("a", "deadly", "b", "c")
    ]
    with WorkerPool(("cpu",), quick, tmp_path / "out") as team:
        found = {done.id: (done.points, done.problem) for done in team.graded(tasks)}
    assert found == {**dict.fromkeys("abc", (100, "")), "deadly": (None, worker.DIED)}
    assert died == [0, 1]  # the first had graded another before


def test_each_worker_is_on_its_own_device_and_submissions_cannot_read_the_source(quick: Lab, tmp_path: Path) -> None:
    tasks = [GradingTask(ClassSubmission(name, ROOT / "examples/perfect_plain"), name) for name in "ab"]
    with WorkerPool(("cpu", "auto"), quick, tmp_path / "out", Path("/usr/share")) as team:
        assert {done.points for done in team.graded(tasks)} == {100}
        assert [worker.device for worker in team._workers] == ["cpu", "auto"]
    for name in "ab":
        kept = store.read(tmp_path / "out", name)
        assert kept
        assert kept.report
        assert kept.report.confinement.exposed == "share lies below /usr, which every program reads"


@pytest.fixture
def signals() -> Iterator[None]:
    """A worker sets what these signals do."""
    numbers = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("chosen", [False, True])
def test_a_worker_has_a_folder_in_memory_unless_another_was_chosen(
    signals: None, chosen: bool, quick: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memory").mkdir()
    monkeypatch.setattr(worker, "MEMORY", tmp_path / "memory")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path)) if chosen else monkeypatch.delenv("TMPDIR", raising=False)
    given: list[Path | None] = []

    def seen(grader: Grader, task: GradingTask, out: Path) -> Done:
        memory = grader._server.memory
        assert memory is None or memory.stat().st_mode & 0o777 == 0o711
        given.append(memory)
        return Done(task.submission.id, 0.0, "", 0.0)

    monkeypatch.setattr(worker, "grade_submission", seen)
    ours, theirs = multiprocessing.Pipe()
    ours.send(GradingTask(ClassSubmission("a", ROOT / "examples/perfect_plain"), "a"))
    closing = threading.Thread(target=lambda: (ours.recv(), ours.recv(), ours.close()))
    closing.start()
    worker.serve(theirs, quick.folder, "cpu", tmp_path / "out", None)
    closing.join()
    assert [place and place.parent for place in given] == [None if chosen else tmp_path / "memory"]
    assert not [*(tmp_path / "memory").iterdir()]


@pytest.mark.parametrize("place", ["missing", "file"])
def test_without_a_place_in_memory_a_worker_has_no_folder_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(worker, "MEMORY", tmp_path / place)
    with worker.folder_in_memory() as folder:
        assert folder is None


@pytest.mark.slow("hostile programs")
def test_hostile_submission_does_not_affect_others(quick: Lab, tmp_path: Path) -> None:
    names = ("exhaust/fork_bomb", "exhaust/flood_of_output", "forge/kills_the_grader", "forge/kills_the_fork_server")
    names = (*names, "exhaust/memory_at_import", "exhaust/daemon_that_dodges")
    handed = {}
    for number, name in enumerate(names):
        handed[f"{number}-neighbour"] = ROOT / "examples/forgot_zero_grad"
        handed[f"{number}-hostile"] = HOSTILE / f"{name}.py"
    points = graded(quick, tmp_path / "out", handed)
    assert set(points) == set(handed)
    neighbours = [store.read(tmp_path / "out", name) for name in handed if name.endswith("neighbour")]
    first = neighbours[0]
    assert first
    assert first.report
    for each in neighbours:
        assert each
        assert each.report
        assert each.points == 77
        assert [check.outcome for check in each.report.checks] == [check.outcome for check in first.report.checks]
    assert all(points[name] <= 4 for name in handed if name.endswith("hostile"))


class Failing(Grader):
    """A marker with a fault of its own."""

    def grade(self, *_: object, **__: object) -> GradeReport:  # type: ignore[override]
        raise ZeroDivisionError("here")


def test_grader_fault_is_recorded_and_tried_again(quick: Lab, server: ForkServer, tmp_path: Path) -> None:
    task = GradingTask(ClassSubmission("a", ROOT / "examples/perfect_plain"), "fingerprint")
    with Grader(quick, server) as grader:
        assert worker.grade_submission(grader, task, tmp_path).points == 100
    results, page, _ = store.files_of(tmp_path, "a")
    assert page.exists()
    done = worker.grade_submission(Failing(quick, server), task, tmp_path)
    assert done.problem == "the grader itself failed (ZeroDivisionError: here)"
    kept = store.read(tmp_path, "a")
    assert kept
    assert (kept.problem, kept.points, kept.again) == (done.problem, 0, True)
    assert not page.exists(), "it would show the points of before"
    told = json.loads(results.read_text())
    assert (told["score"], done.problem in told["output"]) == (0, True)


class WithoutRoom(Grader):
    """A marker on a disk that is full, but for the last of so many times."""

    times = 99

    def grade(self, *arguments: Any, **options: Any) -> GradeReport:
        self.times -= 1
        if self.times:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/tmp/submission-x")
        return super().grade(*arguments, **options)


def test_full_disk_grades_nobody_with_0(
    quick: Lab, server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PAUSES", (0.0, 0.0))
    task = GradingTask(ClassSubmission("a", ROOT / "examples/perfect_plain"), "fingerprint")
    with pytest.raises(CannotWrite, match=r"/tmp/submission-x: No space left on device; free some space, .* TMPDIR"):
        worker.grade_submission(WithoutRoom(quick, server), task, tmp_path)
    assert store.read(tmp_path, "a") is None
    with WithoutRoom(quick, server) as grader:
        grader.times = 3
        assert worker.grade_submission(grader, task, tmp_path).points == 100  # whoever filled the disk is gone


def test_page_is_written_when_the_disk_has_space(
    quick: Lab, server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [True]

    def write(path: Path, text: str) -> None:
        if full:
            full.pop()
            raise CannotWrite("No space left on device", errno.ENOSPC)
        write_text(path, text)

    monkeypatch.setattr(worker, "PAUSES", (0.0,))
    monkeypatch.setattr(worker, "write_text", write)
    task = GradingTask(ClassSubmission("a", ROOT / "examples/perfect_plain"), "fingerprint")
    with Grader(quick, server) as grader:
        assert worker.grade_submission(grader, task, tmp_path).points == 100
