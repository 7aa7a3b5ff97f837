"""One worker process of a class, with its own fork server and reference process; it grades the tasks it receives."""

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
from autograder.outcome import GradeReport
from autograder.render import feedback
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer
from autograder.submission import FileSet
from autograder.submission.normal_form import ProgramForm, begun

DIED = "the grader itself ended each time it graded this submission; grade it by hand"
MEMORY = Path("/dev/shm")  # a file system in memory, for everybody, on Linux
PAUSES = (0.2, 1.0, 3.0)  # seconds to wait before trying again, if the disk was full
FAULTY = "the grader itself failed in a check; the results say in which one"


@dataclass(frozen=True)
class GradingTask:
    """A submission to grade."""

    submission: ClassSubmission
    fingerprint: str  # of everything that the grade depends on
    files: FileSet | None = None  # the submitted files, if the worker cannot read them from the submission's path


@dataclass(frozen=True)
class Done:
    """The result of a task."""

    id: str
    points: float | None  # None if it could not be graded
    problem: str  # why it could not be graded; "" if it was
    seconds: float  # wall time


@dataclass(frozen=True)
class Begun:
    """A task has arrived."""


class NoCluster(UserError):
    """There is no cluster to grade on. The message says why and what to do."""


# After one of these errors no submission can be graded.
FATAL_ERRORS = (GraderFault, NoSuchDevice, NoCluster, CannotWrite, rubric.FileError)
Reply = Begun | Done | Exception


def serve(connection: Connection, folder: Path, device: str, out: Path, source: Path | None) -> None:
    """Grade every GradingTask received and answer it with Begun, then Done, until the other end closes the connection.

    If no submission can be graded here, answers with one of FATAL_ERRORS and ends. Ends shortly after its parent.

    Args:
        connection: for tasks and answers.
        folder: the folder of the lab.
        device: where tensors are computed.
        out: where the results go.
        source: where all submissions come from; no submission may read it.
    """
    for meant_for_the_parent in (signal.SIGINT, signal.SIGHUP):  # by Ctrl-C, or by closing the terminal
        signal.signal(meant_for_the_parent, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # KeyboardInterrupt, so that `with` blocks clean up
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        the_lab = rubric.load(folder)
        secrets = [source] if source else []
        with (
            _temporary_files_together(),
            folder_in_memory() as memory,
            ForkServer() as server,
            Grader(the_lab, server, device, secrets=secrets, in_a_class=True) as grader,
        ):
            server.memory = memory
            try:
                while True:
                    task = connection.recv()
                    connection.send(Begun())
                    connection.send(grade_submission(grader, task, out))
            finally:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)  # cleaning up takes only a moment
    except (EOFError, ConnectionError, KeyboardInterrupt):
        return
    except FATAL_ERRORS as error:
        with contextlib.suppress(ConnectionError):
            connection.send(error)


@contextlib.contextmanager
def _temporary_files_together() -> Iterator[None]:
    """Put all temporary files of this process into one folder, which is removed even if grading is interrupted."""
    with _temporary_folder(None) as folder:
        tempfile.tempdir = str(folder)
        yield


@contextlib.contextmanager
def folder_in_memory() -> Iterator[Path | None]:
    """A folder in memory; None if this system has no place for it, or TMPDIR says where temporary files go.

    On ext4, a new file takes the longer, the more files were removed in the last minutes, and a class removes many.
    """
    with contextlib.ExitStack() as stack:
        folder = None
        if "TMPDIR" not in os.environ:
            with contextlib.suppress(OSError):  # there is no such place, it is full, or not for this user
                folder = stack.enter_context(_temporary_folder(MEMORY))
        yield folder


@contextlib.contextmanager
def _temporary_folder(place: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="class-worker-", dir=place, ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)  # the user that a submission runs as must reach its working directory inside
        yield Path(folder)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def grade_submission(grader: Grader, task: GradingTask, out: Path) -> Done:
    """Grade one submission and write its files below `out`: results/, feedback/, and last the record.

    Raises one of FATAL_ERRORS. Any other fault of the grader is recorded, and grading goes on.
    """
    try:
        return _retry_if_disk_full(lambda: _grade(grader, task, out))
    except FATAL_ERRORS:
        raise
    except submission.Unreadable as error:
        return not_graded(grader.lab, task, str(error), out)
    except Exception as error:
        traceback.print_exc()
        problem = f"the grader itself failed ({type(error).__name__}: {error})"
        return not_graded(grader.lab, task, problem, out, again=True)


def _retry_if_disk_full(work: Callable[[], Done]) -> Done:
    """Try again while the disk is full: another submission may have filled it, and is stopped for that.

    Raises CannotWrite if the disk stays full.
    """
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


def _grade(grader: Grader, task: GradingTask, out: Path) -> Done:
    submitted = task.submission
    results, page, _ = store.files_of(out, submitted.id)
    files = task.files or submitted.read_files()
    lab = grader.lab
    read = submission.read(files, program=lab.rubric.program, answers=lab.answers, arrays=lab.paper_arrays)
    if not read.gradable:
        raise submission.Unreadable(read.problems[0])
    with begun(read.program, lab.rubric.functions) if read.program else contextlib.nullcontext() as form:
        report = grader.grade(read, results, submitted.metadata)
        write_text(page, feedback.render(report, lab, submitted.who, submitted.metadata))
        problem = FAULTY if report.faulty else ""
        _record(task, report, problem, out, again=report.faulty, program=form() if form else None)
    return Done(submitted.id, None if problem else report.points, problem, report.seconds)


def not_graded(lab: Lab, task: GradingTask, problem: str, out: Path, *, again: bool = False) -> Done:
    """Record that a submission could not be graded. again: whether --resume should try again."""
    submitted = task.submission
    results, page, _ = store.files_of(out, submitted.id)
    grader.unreadable(lab, problem, results)
    page.unlink(missing_ok=True)
    _record(task, None, problem, out, again=again)
    return Done(submitted.id, None, problem, 0.0)


def _record(
    task: GradingTask,
    report: GradeReport | None,
    problem: str,
    out: Path,
    *,
    again: bool,
    program: ProgramForm | None = None,
) -> None:
    submitted = task.submission
    found = (submitted.id, task.fingerprint, submitted.people, submitted.attempts, report, problem, again)
    store.write(out, SubmissionRecord(*found, store.digest_of_results(out, submitted.id), program, submitted.platform))
