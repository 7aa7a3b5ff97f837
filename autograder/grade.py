"""Mark one submission: from what was handed in to a finished report, results.json written all along."""

import time
from dataclasses import dataclass
from pathlib import Path

from autograder import submission as handed_in
from autograder.checks import case
from autograder.checks.marking import Marking
from autograder.gradescope import results, runner
from autograder.lab import Lab
from autograder.outcome import GradeReport, Marked, Outcome
from autograder.sandbox.layers import Confinement
from autograder.sandbox.student import Program, Student
from autograder.sandbox.wall import GraderFault, Limits, Wall
from autograder.submission import Submission

OPTIMIZERS = "torch._dynamo"  # what the first torch.optim constructor imports; it takes longer than torch itself


class NoSuchDevice(Exception):
    """The device asked for is not there; str() says what to do."""


@dataclass(frozen=True)
class Marker:
    """A lab and the wall behind which its reference and the students' programs run."""

    lab: Lab
    wall: Wall
    device: str = "auto"
    only_if_safe: bool = False  # refuse to run anything where a submission could not be confined

    def mark(self, path: Path, target: Path) -> GradeReport:
        """Mark the submission at `path`, writing results.json to `target`.

        Raises handed_in.Unreadable (every check is then in `target`, with 0 points and the reason),
        handed_in.NotFound (nothing is written), NoSuchDevice, results.CannotWrite, and GraderFault when no student's
        code can be run here at all.
        """
        started = time.monotonic()
        rubric = self.lab.rubric
        try:
            submission = handed_in.read(path, program=rubric.program, answers=rubric.answers)
        except handed_in.NotFound:
            raise
        except handed_in.Unreadable as error:
            self._unreadable(str(error), target)
            raise
        file = results.Results(target, self.lab)
        reference = handed_in.read(self.lab.reference, program=rubric.program, answers=rubric.answers)
        with self._behind_wall(reference) as solution:
            solution.device = self._device(solution)
            confinement = Confinement(solution.confinement())
            if self.only_if_safe and not confinement.safe:
                why = "; ".join(f"{layer}: {reason}" for layer, reason in confinement.missing.items())
                raise GraderFault(f"submissions cannot be confined here ({why}), so none is run")
            if submission.program is None:
                marked = self._run(Marking(self.lab, submission, None, solution), file)
            else:
                if any("optim" in cell for cell in submission.program.cells):
                    self.wall.warm(OPTIMIZERS)
                with self._behind_wall(submission) as student:
                    student.device = solution.device
                    marked = self._run(Marking(self.lab, submission, student, solution), file)
        report = GradeReport(rubric.lab, str(path), solution.device, marked, time.monotonic() - started, confinement)
        extra = {
            "device": report.device,
            "confinement": "reduced" if confinement.reduced else "full",
            "missing_layers": confinement.missing,
        }
        results.write(target, file.data(results.finished(report), report.seconds, extra))
        return report

    def _run(self, marking: Marking, file: results.Results) -> tuple[Marked, ...]:
        checks = {check.number: check for check in self.lab.rubric.checks}
        marked, _ = runner.run(case.suite(marking), checks, file.record)
        return marked

    def _behind_wall(self, submission: Submission) -> Student:
        program = submission.program
        if program is None:
            raise GraderFault(f"the reference solution cannot be read: {' '.join(submission.problems)}")
        limits = self.lab.rubric.limits
        return Student(
            self.wall,
            Program(program.name, program.cells, submission.files),
            Limits(
                limits.call,
                limits.load,
                limits.submission,
                memory=int(limits.memory * (1 << 20)),
                files=int(limits.files * (1 << 20)),
                output=int(limits.output * (1 << 10)),
            ),
            self.lab.module,
        )

    def _device(self, reference: Student) -> str:
        device = reference.available_device(self.device)
        if device is None:
            raise NoSuchDevice(f"there is no device {self.device!r} on this machine; use --device auto or --device cpu")
        return device

    def _unreadable(self, reason: str, target: Path) -> None:
        """Every check with 0 points and the reason, so that Gradescope shows the student more than an error."""
        file = results.Results(target, self.lab)
        for check in self.lab.rubric.checks:
            file.record(
                Marked(check.number, check.name, check.points, Outcome(0.0, f"Not marked: {reason}", marked=False))
            )
        results.write(target, file.data(reason))
