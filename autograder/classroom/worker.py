"""One worker of a class: a process with a fork server and a reference of its own, that marks what it is given."""

import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from autograder import lab, submission
from autograder.classroom import record
from autograder.classroom.record import Record
from autograder.classroom.source import HandedIn
from autograder.grade import Marker, NoSuchDevice
from autograder.gradescope.results import CannotWrite, write_text
from autograder.report import feedback
from autograder.sandbox.wall import GraderFault, Wall


@dataclass(frozen=True)
class Task:
    """A submission to mark, and the fingerprint of all that its marks depend on."""

    handed: HandedIn
    fingerprint: str


@dataclass(frozen=True)
class Done:
    """A submission marked: its points, why it could not be marked ("" where it could), and wall time in seconds."""

    id: str
    points: float
    problem: str
    seconds: float


@dataclass(frozen=True)
class Broken:
    """Nothing can be marked here, for this reason."""

    reason: str


def serve(connection: Connection, folder: Path, device: str, out: Path) -> None:
    """Mark every Task that comes, and answer it with Done, until the other end is closed. Answers Broken and ends when
    no student's code can be run at all, or nothing be written to `out`.

    folder: of the lab.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl-C talks to the parent, which then hangs up
    try:
        the_lab = lab.load(folder)
        with Wall() as wall, Marker(the_lab, wall, device) as marker:
            while True:
                connection.send(mark(marker, connection.recv(), out))
    except (EOFError, BrokenPipeError):
        return
    except (GraderFault, NoSuchDevice, CannotWrite, lab.FileError) as error:
        connection.send(Broken(str(error)))


def mark(marker: Marker, task: Task, out: Path) -> Done:
    """Mark one submission and keep all that comes of it below `out`: results/, feedback/, and last its record."""
    handed, report, problem = task.handed, None, ""
    try:
        report = marker.mark(handed.path, out / "results" / f"{handed.id}.json", handed.metadata)
        page = feedback.render(report, marker.lab, handed.who, handed.metadata)
        write_text(out / "feedback" / f"{handed.id}.html", page, "--out")
    except submission.Unreadable as error:
        problem = str(error)
    kept = Record(handed.id, task.fingerprint, handed.people, handed.attempts, report, problem)
    record.write(out, kept)
    return Done(handed.id, kept.points, problem, report.seconds if report else 0.0)


def unmarked(task: Task, problem: str, out: Path) -> Done:
    """Keep that a submission could not be marked."""
    record.write(out, Record(task.handed.id, task.fingerprint, task.handed.people, task.handed.attempts, None, problem))
    return Done(task.handed.id, 0.0, problem, 0.0)


Answer = Done | Broken
