"""Several workers side by side. One that dies costs nothing but time: what it was marking is marked again."""

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

from autograder.classroom.worker import DIED, Answer, Done, GradingTask, not_graded, serve
from autograder.rubric import Lab

TRIES = 2  # of one submission: a second worker that dies of it makes it unlikely to be chance
PATIENCE = 10.0  # seconds in which a worker that is to end may clean up


@dataclass
class _Worker:
    """A process, the way to it, the device that it computes on, and what it is marking."""

    process: SpawnProcess
    connection: Connection
    device: str
    task: GradingTask | None = None


@dataclass
class WorkerPool:
    """Marks with at most one process for each of `devices`, which computes there. Use as a context manager.

    handed_in: where all submissions come from, which none of them must read.
    """

    devices: Sequence[str]
    lab: Lab
    out: Path
    handed_in: Path | None = None
    _workers: list[_Worker] = field(default_factory=list)

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.connection.close()  # one that has nothing to do ends by that
            if worker.task:
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def graded(self, tasks: Iterable[GradingTask]) -> Iterator[Done]:
        """Every task as it is done, in no particular order. Raises one of CANNOT_GO_ON where nothing can be marked."""
        waiting = deque(tasks)
        tries: dict[str, int] = {}
        while waiting or any(worker.task for worker in self._workers):
            self._give(waiting, tries)
            for worker in self._ready():
                task, worker.task = worker.task, None
                answer = _answer(worker)
                if isinstance(answer, Exception):
                    raise answer
                if answer is not None:
                    yield answer
                    continue
                self._workers.remove(worker)
                if task is None:
                    continue
                if tries[task.handed.id] < TRIES:
                    waiting.appendleft(task)
                else:
                    yield not_graded(self.lab, task, DIED, self.out, again=True)

    def _give(self, waiting: deque[GradingTask], tries: dict[str, int]) -> None:
        """A task for every worker that has none, as long as there are tasks."""
        busy = sum(worker.task is not None for worker in self._workers)
        while len(self._workers) < min(len(self.devices), busy + len(waiting)):
            self._workers.append(self._started())
        for worker in self._workers:
            if worker.task is None and waiting:
                worker.task = waiting.popleft()
                tries[worker.task.handed.id] = tries.get(worker.task.handed.id, 0) + 1
                try:
                    worker.connection.send(worker.task)
                except OSError:  # it has just died: seen when it is waited for
                    continue

    def _ready(self) -> list[_Worker]:
        """The workers that answered or died; waits for the first."""
        ready = wait([worker.connection for worker in self._workers if worker.task])
        return [worker for worker in self._workers if worker.connection in ready]

    def _started(self) -> _Worker:
        """One on the first device that has fewer workers than it is to have."""
        left = Counter(self.devices)
        left.subtract(worker.device for worker in self._workers)
        device = next(device for device in self.devices if left[device] > 0)
        context = multiprocessing.get_context("spawn")  # a fork would hold the other workers' connections open
        ours, theirs = context.Pipe()
        given = (theirs, self.lab.folder, device, self.out, self.handed_in)
        process = context.Process(target=serve, args=given, daemon=True)
        resource_tracker.ensure_running()  # else the start does it, and lets signals through again
        # Which it inherits, until it can take them: a Ctrl-C is for this process, and waits here that long.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        return _Worker(process, ours, device)


def _answer(worker: _Worker) -> Answer | None:
    """What a worker answered; None when it has died."""
    try:
        answer: Answer = worker.connection.recv()
        return answer
    except (EOFError, OSError):
        worker.connection.close()
        worker.process.join()
        return None
