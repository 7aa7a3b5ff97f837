"""Run several workers side by side. If a worker dies, only time is lost: its submission is graded again."""

import multiprocessing
import signal
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType

from autograder.classroom.worker import DIED, Begun, Done, GradingTask, Reply, not_graded, serve
from autograder.rubric import Lab

MAX_ATTEMPTS = 2  # attempts per submission; if two workers die of it, that is unlikely to be chance
CLEANUP_SECONDS = 10.0  # seconds that a worker has to clean up after a request to stop


@dataclass
class _Worker:
    """A worker process, the connection to it, its device, and the task that it is grading.

    counts: whether its death would count as an attempt at this task. It does not if a worker that was idle dies before
    it has begun the task; it does if a worker dies while it starts, because the next one may do the same.
    """

    process: SpawnProcess
    connection: Connection
    device: str
    task: GradingTask | None = None
    counts: bool = True


@dataclass
class WorkerPool:
    """Grades with at most one process for each entry of `devices`, on that device. Use as a context manager."""

    devices: Sequence[str]
    lab: Lab
    out: Path
    source: Path | None = None  # where the submissions come from; no submission may read it
    _workers: list[_Worker] = field(default_factory=list)

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.connection.close()  # an idle worker ends when its connection closes
            if worker.task:
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(CLEANUP_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def graded(self, tasks: Iterable[GradingTask]) -> Iterator[Done]:
        """Yield every result as it is ready, in any order. Raises one of FATAL_ERRORS if no more can be graded."""
        waiting = deque(tasks)
        tries: Counter[str] = Counter()
        while waiting or any(worker.task for worker in self._workers):
            self._assign_tasks(waiting)
            for worker in self._wait_for_workers():
                answer = _receive(worker)
                if isinstance(answer, Exception):
                    raise answer
                if isinstance(answer, Begun):
                    worker.counts = True
                    continue
                task, worker.task = worker.task, None
                if answer is not None:
                    worker.counts = False
                    yield answer
                    continue
                self._workers.remove(worker)
                if task is None:
                    continue
                tries[task.submission.id] += worker.counts
                if tries[task.submission.id] < MAX_ATTEMPTS:
                    waiting.appendleft(task)
                else:
                    yield not_graded(self.lab, task, DIED, self.out, again=True)

    def _assign_tasks(self, waiting: deque[GradingTask]) -> None:
        """Give a task to every idle worker, and start workers, as long as there are tasks."""
        busy = sum(worker.task is not None for worker in self._workers)
        while len(self._workers) < min(len(self.devices), busy + len(waiting)):
            self._workers.append(self._start_worker())
        for worker in self._workers:
            if worker.task is None and waiting:
                worker.task = waiting.popleft()
                try:
                    worker.connection.send(worker.task)
                except OSError:  # the worker has died before, not of this task; `_wait_for_workers` will notice
                    worker.counts = False

    def _wait_for_workers(self) -> list[_Worker]:
        """Wait for at least one busy worker that answered or died, and return all of them."""
        ready = wait([worker.connection for worker in self._workers if worker.task])
        return [worker for worker in self._workers if worker.connection in ready]

    def _start_worker(self) -> _Worker:
        """Start a worker on the first device that has fewer workers than intended."""
        left = Counter(self.devices)
        left.subtract(worker.device for worker in self._workers)
        device = next(device for device in self.devices if left[device] > 0)
        context = multiprocessing.get_context("spawn")  # a fork would hold the other workers' connections open
        ours, theirs = context.Pipe()
        given = (theirs, self.lab.folder, device, self.out, self.source)
        process = context.Process(target=serve, args=given, daemon=True)
        resource_tracker.ensure_running()  # otherwise process.start() does this and unblocks the signals again
        # The child inherits the mask until it can handle SIGINT; a Ctrl-C is meant for this process and waits here.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        return _Worker(process, ours, device)


def _receive(worker: _Worker) -> Reply | None:
    """What a worker answered; None if it has died."""
    try:
        reply: Reply = worker.connection.recv()
        return reply
    except (EOFError, OSError):
        worker.connection.close()
        worker.process.join()
        return None
