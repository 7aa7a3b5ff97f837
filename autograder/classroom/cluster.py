"""Grade on a Dask cluster, with the same grading code in its worker processes.

The workers share no disk with this machine, so everything that they need, and all results, travel as data.
"""

import logging
import tempfile
import threading
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

from distributed import Client, Future, KilledWorker, Worker, WorkerPlugin, as_completed, get_worker

from autograder import grader, rubric
from autograder.classroom import store
from autograder.classroom.worker import DIED, FATAL_ERRORS, Done, GradingTask, NoCluster, grade_submission, not_graded
from autograder.errors import GraderFault
from autograder.fileio import TEMPORARY, remedy, write_bytes
from autograder.individual import ROSTER, roster_file
from autograder.rubric import Lab, own_files, text_with_key
from autograder.sandbox.host.fork_server import ForkServer
from autograder.submission import FileSet, Unreadable, read_files

CHUNK = 8  # submissions sent together; one at a time, the network would take as long as the grading
LARGEST = 4 << 20  # bytes sent together, if more than one submission is sent
AHEAD = 2  # chunks sent for each thread of the cluster: one to grade, and one to start with right afterwards
PATIENCE = 6.0  # seconds to connect to the scheduler, and to connect again if the connection is lost
IDLE = 60.0  # seconds without a submission after which a worker stops its fork server; this process may have died


@dataclass(frozen=True)
class ClusterResult:
    """A graded submission and the contents of its files, in the order of `store.files_of`; None if there is no file."""

    done: Done
    files: tuple[bytes | None, ...]


class ClusterWorker(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """Grades in one worker process of a cluster. Starts with the first submission, and again after an idle time."""

    def __init__(self, the_lab: Lab, device: str) -> None:
        self.name = f"autograder-{uuid.uuid4().hex}"  # other runs may use the same cluster
        self._files = {each.relative_to(the_lab.folder): each.read_bytes() for each in own_files(the_lab)}
        self._files[Path("rubric.yaml")] = text_with_key(the_lab).encode()
        if known := roster_file(the_lab):
            self._files[Path(ROSTER)] = known.read_bytes()
        self._reference = read_files(the_lab.reference)
        self._device = device
        self._fingerprint = store.grader_fingerprint(the_lab, device)

    def setup(self, worker: Worker) -> None:
        """Set up one worker process. Dask calls this in every worker, including those that join later."""
        self._address = worker.address
        self._one_at_a_time = threading.Lock()  # Dask runs tasks in threads
        self._opened: tuple[ExitStack, grader.Grader] | None = None
        self._pause = threading.Timer(IDLE, self._close)

    def teardown(self, worker: Worker) -> None:
        """Stop the grader. Dask calls this in a thread that must not wait for a submission that hangs."""
        threading.Thread(target=self._close).start()

    def grade(self, task: GradingTask) -> ClusterResult:
        """Grade one submission. Raises one of FATAL_ERRORS."""
        self._pause.cancel()
        with self._one_at_a_time, tempfile.TemporaryDirectory(prefix="class-out-") as out, remedy(TEMPORARY):
            done = grade_submission(self._get_grader(), task, Path(out))
            files = store.files_of(Path(out), task.submission.id)
            graded = ClusterResult(done, tuple(file.read_bytes() if file.is_file() else None for file in files))
        self._pause = threading.Timer(IDLE, self._close)
        self._pause.daemon = True
        self._pause.start()
        return graded

    def _get_grader(self) -> grader.Grader:
        if self._opened is None:
            with ExitStack() as stack:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="class-lab-")))
                for name, content in self._files.items():
                    write_bytes(folder / name, content)
                _write(self._reference, folder / "reference")
                the_lab = rubric.load(folder)
                if store.grader_fingerprint(the_lab, self._device) != self._fingerprint:
                    raise GraderFault(f"{self._address}: its version of the grader is different; install the same one")
                server = stack.enter_context(ForkServer())
                self._opened = (
                    stack.pop_all(),
                    stack.enter_context(grader.Grader(the_lab, server, self._device, in_a_class=True)),
                )
        return self._opened[1]

    def _close(self) -> None:
        self._pause.cancel()
        with self._one_at_a_time:
            if self._opened:
                self._opened[0].close()
                self._opened = None


def _write(files: FileSet, folder: Path) -> None:
    for name in sorted(files.folders):
        (folder / name).mkdir(parents=True)
    for name, content in files.files.items():
        write_bytes(folder / name, content)


def grade_chunk(plugin: str, tasks: Sequence[GradingTask]) -> list[ClusterResult]:
    """Grade some tasks in a worker process of the cluster, with the plugin of this name."""
    return [get_worker().plugins[plugin].grade(task) for task in tasks]


@dataclass
class Cluster:
    """Grades on the cluster whose scheduler has this address. Use as a context manager."""

    address: str
    lab: Lab
    device: str
    out: Path
    _sent: dict[Future, list[GradingTask]] = field(default_factory=dict)

    def __enter__(self) -> "Cluster":
        for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is said here, in a sentence
        try:
            self._client = Client(self.address, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            fix = "give the address that its scheduler prints, such as tcp://host:8786"
            raise NoCluster(f"--dask {self.address}: no cluster answers there ({error}); {fix}") from None
        self._plugin = ClusterWorker(self.lab, self.device)
        self._client.register_plugin(self._plugin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # if the connection is lost, there is nothing to clean up
            self._client.cancel(list(self._sent))
            self._client.unregister_worker_plugin(self._plugin.name)
        self._client.close()

    def graded(self, tasks: Sequence[GradingTask]) -> Iterator[Done]:
        """Yield every result as it is ready, in any order. Raises one of FATAL_ERRORS if no more can be graded."""
        try:
            yield from self._graded(tasks)
        except OSError as error:
            raise NoCluster(
                f"--dask {self.address}: the connection is lost ({error}); continue with --resume"
            ) from None

    def _graded(self, tasks: Sequence[GradingTask]) -> Iterator[Done]:
        waiting, pending = deque(tasks), as_completed()
        while waiting or self._sent:
            threads = sum(self._client.nthreads().values()) or 1  # workers may join or leave
            size = min(CHUNK, 1 + len(tasks) // (2 * AHEAD * threads))
            while waiting and len(self._sent) < AHEAD * threads:
                chunk, unreadable = self._next_chunk(waiting, size)
                yield from unreadable
                self._send(chunk, pending)
            if self._sent:
                future = next(pending)
                yield from self._receive(future, self._sent.pop(future), pending)

    def _next_chunk(self, waiting: deque[GradingTask], size: int) -> tuple[list[GradingTask], list[Done]]:
        """The next tasks with their files, and a result for each submission that cannot be read."""
        chunk: list[GradingTask] = []
        unreadable: list[Done] = []
        total = 0
        while waiting and len(chunk) < size and total < LARGEST:
            task = waiting.popleft()
            try:
                files = task.submission.read_files()
            except Unreadable as error:
                unreadable.append(not_graded(self.lab, task, str(error), self.out))
                continue
            total += sum(map(len, files.files.values()))
            chunk.append(replace(task, files=files))
        return chunk, unreadable

    def _send(self, chunk: list[GradingTask], pending: as_completed) -> None:
        """Submit a chunk. Files travel inside the task: what `scatter` puts on a worker is lost with that worker."""
        if chunk:
            future = self._client.submit(grade_chunk, self._plugin.name, chunk, pure=False)
            self._sent[future] = chunk
            pending.add(future)

    def _receive(self, future: Future, chunk: list[GradingTask], pending: as_completed) -> Iterator[Done]:
        """Save the results. Dask handles workers that die, until that has happened too often for the same chunk."""
        if future.status == "finished":
            for graded in future.result():
                self._save(graded)
                yield graded.done
            return
        error = future.exception() if future.status == "error" else None
        if isinstance(error, FATAL_ERRORS):
            raise error
        if future.status in ("cancelled", "lost"):
            raise NoCluster(f"--dask {self.address}: the connection to the scheduler is lost; continue with --resume")
        if not isinstance(error, KilledWorker):
            raise GraderFault(f"the cluster gave up ({error or future.status}); continue with --resume")
        if len(chunk) == 1:
            yield not_graded(self.lab, chunk[0], DIED, self.out, again=True)
        else:  # one of them kills the worker; sent alone, it shows
            for task in chunk:
                self._send([task], pending)

    def _save(self, graded: ClusterResult) -> None:
        for path, content in zip(store.files_of(self.out, graded.done.id), graded.files, strict=True):
            if content is None:
                path.unlink(missing_ok=True)
            else:
                write_bytes(path, content)
