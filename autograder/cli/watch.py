"""autograder watch: grade one submission again each time it is saved."""

import argparse
import contextlib
import signal
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from autograder.cli.options import (
    DONE,
    Verbs,
    add_device,
    add_lab,
    add_student,
    add_verb,
    complain,
    how_to_call,
    require_student,
)
from autograder.errors import GraderFault, UserError

if TYPE_CHECKING:
    from rich.console import Console

    from autograder.grader import Grader
    from autograder.outcome import GradeReport
    from autograder.sandbox.host.fork_server import ForkServer


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "watch",
        run,
        help="grade one submission again each time it is saved",
        description="Grade one submission, and again each time it, rubric.yaml or the reference is saved, until Ctrl-C "
        "ends it. Each report follows the save at once, so no time is spent on looking for the line of a mistake: "
        "`autograder grade` names it.",
        usage=how_to_call(
            "autograder watch Lab4.py",
            "autograder watch my_lab/reference --lab my_lab      while you write a lab",
            "autograder watch Lab4.py --student ada@example.edu  grade with this student's own numbers",
            "autograder watch submission --device cpu --results results.json",
            done="Ctrl-C ended it",
        ),
    )
    verb.add_argument("submission", type=Path, metavar="SUBMISSION", help="a folder, a file or a zip")
    verb.add_argument(
        "--results", type=Path, metavar="FILE", help="also write results.json each time (default: it is not kept)"
    )
    add_device(verb)
    add_student(verb, "the student's email or SID, for a lab in which each student has their own numbers")
    add_lab(verb)


def run(options: argparse.Namespace) -> int:
    """Grade one submission each time it is saved, until a signal ends it."""
    endings = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end(number: int, frame: FrameType | None) -> None:
        for each in endings:
            signal.signal(each, signal.SIG_IGN)  # a second one must not interrupt the removal of temporary files
        raise KeyboardInterrupt

    for ending in endings:
        if signal.getsignal(ending) is not signal.SIG_IGN:  # as after `nohup`
            signal.signal(ending, end)
    try:
        from autograder.sandbox.host.fork_server import ForkServer

        with ForkServer() as server:
            _watch(options, server)
    except KeyboardInterrupt:
        pass
    return DONE


def _watch(options: argparse.Namespace, server: "ForkServer") -> None:
    """Grade at each change. Raises UserError only for what no change of a file can fix."""
    import tempfile

    from rich.console import Console

    from autograder import rubric
    from autograder.file_changes import FileChanges
    from autograder.individual import ROSTER

    lab: Path = options.lab
    if not (lab / "rubric.yaml").exists():
        rubric.load(lab)  # says so
    if not options.submission.exists():
        raise UserError(f"there is no file or folder {options.submission}; check the path")
    of_lab = (lab / "rubric.yaml", lab / ROSTER, lab / "reference")
    console = Console()
    with tempfile.TemporaryDirectory(prefix="watch-") as folder, _Desk(options, server, Path(folder)) as desk:
        changes = FileChanges((options.submission, *of_lab), but=[desk.target])
        event = "started"
        while _show(desk, console, event):
            if event == "started":
                with contextlib.suppress(GraderFault):  # the next grading finds out
                    server.expect_many_forks()  # now that nobody waits
            if changes.wait() & {*of_lab}:
                desk.forget_lab()
            event = "saved"


class _Desk:
    """Grades one submission with the lab as it is now. A context manager."""

    def __init__(self, options: argparse.Namespace, server: "ForkServer", folder: Path) -> None:
        """folder: where results.json is written unless --results names another place."""
        from autograder.gradescope import metadata

        self.shown = str(options.results or "")  # the name of results.json if somebody is to read it
        self.target: Path = options.results or folder / "results.json"
        self.device: str | None = options.device
        self._options = options
        self._server = server
        self._student = metadata.from_student(options.student)
        self._open = contextlib.ExitStack()
        self.forget_lab()

    def __enter__(self) -> "_Desk":
        return self

    def __exit__(self, *_: object) -> None:
        self.forget_lab()

    def forget_lab(self) -> None:
        """Load the lab anew before the next grading."""
        self._open.close()
        self._grader: Grader | None = None

    def grade(self) -> "GradeReport":
        """Grade the submission. Raises UserError and GraderFault."""
        from autograder import fileio, rubric
        from autograder.grader import Grader

        if self._grader is None:
            lab = rubric.load(self._options.lab).with_limits(search=0.0)
            require_student(lab, self._student, self._options.submission)
            self._grader = self._open.enter_context(Grader(lab, self._server, self.device))
        with fileio.remedy("name another place with --results"):
            return self._grader.grade(self._options.submission, self.target, self._student)


def _show(desk: _Desk, console: "Console", event: str) -> bool:
    """Grade and show the report, or say why there is none. Returns whether anybody still reads it.

    Raises NoSuchDevice for a --device that this machine does not have.
    """
    from autograder.render import terminal

    at, began = f"{event} at {time.strftime('%H:%M:%S')}", time.monotonic()
    try:
        if console.is_terminal:
            console.print(f"{at}, grading …", highlight=False)
        report = _report(desk)
        end = "not graded" if isinstance(report, str) else f"graded in {time.monotonic() - began:.2f} s"
        if console.is_terminal:
            console.clear()
        if isinstance(report, str):
            complain(report)
        else:
            console.print(terminal.render(report, desk.shown), highlight=False)
        console.print(f"{at}, {end}; Ctrl-C ends", highlight=False)
    except (BrokenPipeError, SystemExit):  # rich ends the process like this when the reader of a pipe is gone
        return False
    return True


def _report(desk: _Desk) -> "GradeReport | str":
    """The report, or why there is none. After a failure of the grader itself, the next grading starts from nothing."""
    from autograder.grader import NoSuchDevice

    try:
        return desk.grade()
    except NoSuchDevice as error:
        if desk.device:
            raise
        return str(error)
    except UserError as error:
        return str(error)
    except GraderFault as error:
        desk.forget_lab()
        return f"the grader itself failed: {error}"
    except Exception:
        traceback.print_exc()
        desk.forget_lab()
        return "the grader itself failed, see above; the submission is not to blame"
