"""One worker of a class: a process with a fork server and a reference of its own, that marks what it is given."""

import contextlib
import multiprocessing
import os
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from autograder import grader, rubric, submission
from autograder.classroom import store
from autograder.classroom.discover import ClassSubmission
from autograder.classroom.store import SubmissionRecord
from autograder.errors import GraderFault, UserError
from autograder.fileio import NO_ROOM, TEMPORARY, CannotWrite, write_text
from autograder.grader import Grader, NoSuchDevice
from autograder.render import feedback
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer
from autograder.submission import FileSet

DIED = "the grader itself ended each time that it marked this submission; mark it by hand"
PAUSES = (0.2, 1.0, 3.0)  # seconds until a submission for which there was no room is tried again
FAULTY = "the grader itself failed in a check; its results say in which"


@dataclass(frozen=True)
class GradingTask:
    """A submission to mark, and the fingerprint of all that its marks depend on. gathered: what was handed in, where it
    cannot be read from its path."""

    handed: ClassSubmission
    fingerprint: str
    gathered: FileSet | None = None


@dataclass(frozen=True)
class Done:
    """A submission marked: its points, why it could not be marked ("" where it could), and wall time in seconds."""

    id: str
    points: float
    problem: str
    seconds: float


class NoCluster(UserError):
    """There is no cluster to mark on; str() says why and what to do."""


# For these reasons nothing at all can be marked.
CANNOT_GO_ON = (GraderFault, NoSuchDevice, NoCluster, CannotWrite, rubric.FileError)
Answer = Done | Exception


def serve(connection: Connection, folder: Path, device: str, out: Path, handed_in: Path | None) -> None:
    """Mark every Task that comes, and answer it with Done, until the other end is closed. Answers one of CANNOT_GO_ON
    and ends when nothing can be marked here. Ends within a moment when its parent has ended.

    folder: of the lab. handed_in: where all submissions come from.
    """
    for meant_for_the_parent in (signal.SIGINT, signal.SIGHUP):  # by Ctrl-C, or by closing the terminal
        signal.signal(meant_for_the_parent, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a KeyboardInterrupt: what was begun is cleaned up
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        the_lab = rubric.load(folder)
        secrets = [handed_in] if handed_in else []
        with (
            _temporary_files_together(),
            ForkServer() as server,
            Grader(the_lab, server, device, secrets=secrets) as grader,
        ):
            try:
                while True:
                    connection.send(grade_submission(grader, connection.recv(), out))
            finally:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)  # cleaning up takes only a moment
    except (EOFError, ConnectionError, KeyboardInterrupt):
        return
    except CANNOT_GO_ON as error:
        with contextlib.suppress(ConnectionError):
            connection.send(error)


@contextlib.contextmanager
def _temporary_files_together() -> Iterator[None]:
    """All temporary files of this process in one folder, removed at the end wherever marking was interrupted."""
    with tempfile.TemporaryDirectory(prefix="class-worker-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)  # a submission's own user goes through it to its working directory
        tempfile.tempdir = folder
        yield


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def grade_submission(grader: Grader, task: GradingTask, out: Path) -> Done:
    """Mark one submission and keep all that comes of it below `out`: results/, feedback/, and last its record.

    Raises one of CANNOT_GO_ON; any other fault of the grader itself is said, and the others can be marked.
    """
    try:
        return _with_room(lambda: _graded(grader, task, out))
    except CANNOT_GO_ON:
        raise
    except submission.Unreadable as error:
        return not_graded(grader.lab, task, str(error), out)
    except Exception as error:
        traceback.print_exc()
        problem = f"the grader itself failed ({type(error).__name__}: {error})"
        return not_graded(grader.lab, task, problem, out, again=True)


def _with_room(work: Callable[[], Done]) -> Done:
    """Try again where there is no room: another submission may have filled the disk, and is ended for it. Raises
    CannotWrite where there stays none."""
    for pause in PAUSES:
        try:
            return work()
        except (OSError, CannotWrite) as error:
            if error.errno not in NO_ROOM:
                raise
            time.sleep(pause)
    try:
        return work()
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        where = error.filename or tempfile.gettempdir()
        raise CannotWrite(f"{where}: {error.strerror}", remedy=TEMPORARY) from None


def _graded(grader: Grader, task: GradingTask, out: Path) -> Done:
    handed = task.handed
    results, page, _ = store.files_of(out, handed.id)
    report = grader.grade(task.gathered or handed.gather(), results, handed.metadata)
    write_text(page, feedback.render(report, grader.lab, handed.who, handed.metadata))
    problem = FAULTY if report.faulty else ""
    kept = SubmissionRecord(
        handed.id, task.fingerprint, handed.people, handed.attempts, report, problem, again=report.faulty
    )
    store.write(out, kept)
    return Done(handed.id, report.points, problem, report.seconds)


def not_graded(lab: Lab, task: GradingTask, problem: str, out: Path, *, again: bool = False) -> Done:
    """Keep that a submission could not be marked. again: whether --resume is to try it again."""
    handed = task.handed
    results, page, _ = store.files_of(out, handed.id)
    grader.unreadable(lab, problem, results)
    page.unlink(missing_ok=True)
    store.write(
        out, SubmissionRecord(handed.id, task.fingerprint, handed.people, handed.attempts, None, problem, again)
    )
    return Done(handed.id, 0.0, problem, 0.0)
