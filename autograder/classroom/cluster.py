"""Marks on a Dask cluster: the same marking in its worker processes. They share no disk with this machine, so that all
that they need travels to them as data, and all that comes of it back."""

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
from autograder.classroom.worker import CANNOT_GO_ON, DIED, Done, GradingTask, NoCluster, grade_submission, not_graded
from autograder.errors import GraderFault
from autograder.fileio import TEMPORARY, remedy, write_bytes
from autograder.individual import ROSTER
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer
from autograder.submission import FileSet, Unreadable, read_files

CHUNK = 8  # submissions sent together: one by one the network would take as long as the marking
LARGEST = 4 << 20  # bytes sent together, if they are of more than one submission
AHEAD = 2  # chunks sent for each thread of the cluster: one to mark, one to begin at once afterwards
IDLE = 60.0  # seconds without a submission after which a worker ends its fork server; it may be that we were killed


@dataclass(frozen=True)
class ClusterResult:
    """A submission that was marked, and the contents of its `files_of`; None for one that is not there."""

    done: Done
    files: tuple[bytes | None, ...]


class ClusterWorker(WorkerPlugin):  # type: ignore[misc]
    """What marks in one worker process of a cluster. Begins with the first submission, and anew after a pause."""

    def __init__(self, the_lab: Lab, device: str) -> None:
        self.name = f"autograder-{uuid.uuid4().hex}"  # others may mark on the same cluster
        beside = (the_lab.folder / name for name in ("rubric.yaml", ROSTER))
        self._files = {path.name: path.read_bytes() for path in beside if path.is_file()}
        self._reference = read_files(the_lab.reference)
        self._device = device
        self._basis = store.grader_fingerprint(the_lab, device)

    def setup(self, worker: Worker) -> None:
        """Called by Dask in every worker process, also in those that come later."""
        self._address = worker.address
        self._one_at_a_time = threading.Lock()  # Dask runs tasks in threads
        self._opened: tuple[ExitStack, grader.Grader] | None = None
        self._pause = threading.Timer(IDLE, self._close)

    def teardown(self, worker: Worker) -> None:
        """Called by Dask at the end, in the thread that must not wait for a submission that hangs."""
        threading.Thread(target=self._close).start()

    def grade(self, task: GradingTask) -> ClusterResult:
        """Mark one submission. Raises one of CANNOT_GO_ON."""
        self._pause.cancel()
        with self._one_at_a_time, tempfile.TemporaryDirectory(prefix="class-out-") as out, remedy(TEMPORARY):
            done = grade_submission(self._marker(), task, Path(out))
            files = store.files_of(Path(out), task.handed.id)
            graded = ClusterResult(done, tuple(file.read_bytes() if file.is_file() else None for file in files))
        self._pause = threading.Timer(IDLE, self._close)
        self._pause.daemon = True
        self._pause.start()
        return graded

    def _marker(self) -> grader.Grader:
        if self._opened is None:
            with ExitStack() as stack:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="class-lab-")))
                for name, content in self._files.items():
                    write_bytes(folder / name, content)
                _write(self._reference, folder / "reference")
                the_lab = rubric.load(folder)
                if store.grader_fingerprint(the_lab, self._device) != self._basis:
                    raise GraderFault(f"{self._address}: there is another version of the grader; install the same")
                server = stack.enter_context(ForkServer())
                self._opened = stack.pop_all(), stack.enter_context(grader.Grader(the_lab, server, self._device))
        return self._opened[1]

    def _close(self) -> None:
        self._pause.cancel()
        with self._one_at_a_time:
            if self._opened:
                self._opened[0].close()
                self._opened = None


def _write(handed: FileSet, folder: Path) -> None:
    for name in sorted(handed.folders):
        (folder / name).mkdir(parents=True)
    for name, content in handed.files.items():
        write_bytes(folder / name, content)


def grade_chunk(bench: str, tasks: Sequence[GradingTask]) -> list[ClusterResult]:
    """What runs in a worker process of the cluster. bench: the name of the plugin there."""
    return [get_worker().plugins[bench].grade(task) for task in tasks]


@dataclass
class Cluster:
    """Marks on the cluster whose scheduler has this address. Use as a context manager."""

    address: str
    lab: Lab
    device: str
    out: Path
    _sent: dict[Future, list[GradingTask]] = field(default_factory=dict)

    def __enter__(self) -> "Cluster":
        try:
            self._client = Client(self.address)
        except (OSError, ValueError) as error:
            mend = "give the address that its scheduler prints, such as tcp://host:8786"
            raise NoCluster(f"--dask {self.address}: no cluster answers there ({error}); {mend}") from None
        self._bench = ClusterWorker(self.lab, self.device)
        self._client.register_plugin(self._bench)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # a cluster that is lost needs none of it
            self._client.cancel(list(self._sent))
            self._client.unregister_worker_plugin(self._bench.name)
        self._client.close()

    def graded(self, tasks: Sequence[GradingTask]) -> Iterator[Done]:
        """Every task as it is done, in no particular order. Raises one of CANNOT_GO_ON where nothing can be marked."""
        try:
            yield from self._graded(tasks)
        except OSError as error:
            raise NoCluster(f"--dask {self.address}: the cluster is lost ({error}); go on with --resume") from None

    def _graded(self, tasks: Sequence[GradingTask]) -> Iterator[Done]:
        left, coming = deque(tasks), as_completed()
        while left or self._sent:
            threads = sum(self._client.nthreads().values()) or 1  # others may join or leave
            size = min(CHUNK, 1 + len(tasks) // (2 * AHEAD * threads))
            while left and len(self._sent) < AHEAD * threads:
                chunk, unreadable = self._gathered(left, size)
                yield from unreadable
                self._send(chunk, coming)
            if self._sent:
                future = next(coming)
                yield from self._received(future, self._sent.pop(future), coming)

    def _gathered(self, left: deque[GradingTask], size: int) -> tuple[list[GradingTask], list[Done]]:
        """The next tasks with what was handed in, and those for which nothing could be gathered."""
        chunk: list[GradingTask] = []
        unreadable: list[Done] = []
        total = 0
        while left and len(chunk) < size and total < LARGEST:
            task = left.popleft()
            try:
                gathered = task.handed.gather()
            except Unreadable as error:
                unreadable.append(not_graded(self.lab, task, str(error), self.out))
                continue
            total += sum(map(len, gathered.files.values()))
            chunk.append(replace(task, gathered=gathered))
        return chunk, unreadable

    def _send(self, chunk: list[GradingTask], coming: as_completed) -> None:
        """Have a chunk marked. It travels with its task: what `scatter` puts on a worker is lost with that worker."""
        if chunk:
            future = self._client.submit(grade_chunk, self._bench.name, chunk, pure=False)
            self._sent[future] = chunk
            coming.add(future)

    def _received(self, future: Future, chunk: list[GradingTask], coming: as_completed) -> Iterator[Done]:
        """Keep what came back. A worker that ends is Dask's affair, until it has ended too often for the same chunk."""
        if future.status == "finished":
            for graded in future.result():
                self._keep(graded)
                yield graded.done
            return
        error = future.exception() if future.status == "error" else None
        if isinstance(error, CANNOT_GO_ON):
            raise error
        if not isinstance(error, KilledWorker):
            raise GraderFault(f"the cluster gave up ({error or future.status}); go on with --resume")
        if len(chunk) == 1:
            yield not_graded(self.lab, chunk[0], DIED, self.out, again=True)
        else:  # which of them it is shows when each is sent by itself
            for task in chunk:
                self._send([task], coming)

    def _keep(self, graded: ClusterResult) -> None:
        for path, content in zip(store.files_of(self.out, graded.done.id), graded.files, strict=True):
            if content is None:
                path.unlink(missing_ok=True)
            else:
                write_bytes(path, content)
