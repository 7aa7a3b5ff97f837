"""Mark submissions: from what was handed in to a finished report, results.json written all along."""

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path, PurePath
from types import TracebackType

from autograder import limited, sandbox
from autograder import submission as handed_in
from autograder.checks import suite
from autograder.checks.context import CodeContext, GradingContext
from autograder.checks.oracle import Oracle
from autograder.checks.said_once import said_once
from autograder.checks.thrown_out import left_out, thrown_out
from autograder.errors import GraderFault, UserError
from autograder.gradescope import results_writer, runner
from autograder.gradescope.metadata import Metadata
from autograder.individual import ROSTER, Course, course
from autograder.individual.matching_answers import hints
from autograder.individual.personal_lab import PersonalLab, sheet
from autograder.mistakes.for_lab import Mistakes
from autograder.outcome import CheckResult, GradeReport, Outcome
from autograder.rubric import DEVICES, FileError, Lab, warnings
from autograder.sandbox.host.confinement import Confinement, exposed
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits, from_rubric
from autograder.sandbox.host.program import ProgramFiles, SandboxedProgram
from autograder.sandbox.host.protocol import Confined
from autograder.submission import FileSet, Submission
from autograder.text import clean, plural

DYNAMO = "torch._dynamo"  # takes longer to import than torch itself
IMPORT_DYNAMO = ("optim", "torch.func")  # when they are first used
NOTHING_TOLD = Metadata()
SHEET = "handout.md"  # of the reference: what the lab sheet is made from
SANDBOX = Path(sandbox.__file__).parent
JUDGING = 60.0  # seconds of this process's own time for one submission; an honest one takes less than a second
A_DAY = 86_400.0  # seconds; the reference outlives any one submission


class NoSuchDevice(UserError):
    """The device asked for is not there; str() says what to do."""


@dataclasses.dataclass(frozen=True)
class Reference:
    """The instructor's solution, running in the sandbox like a submission; what is right by it; which layers of
    confinement hold there."""

    solution: SandboxedProgram
    oracle: Oracle
    confined: Confined


class Grader:
    """Marks any number of submissions of one lab, one after the other. Use as a context manager.

    The reference is started for the first of them and kept: that it agrees with the rubric is looked at once.
    """

    def __init__(
        self,
        lab: Lab,
        server: ForkServer,
        device: str | None = None,
        *,
        only_if_safe: bool = False,
        secrets: Sequence[Path] = (),
    ) -> None:
        """device: one of lab.DEVICES, None for the rubric's. only_if_safe: refuse to run anything where a submission
        could not be confined. secrets: what a submission must not read beside the lab and the results.

        Raises NoSuchDevice for a word that is no device, and FileError when there is a roster that cannot be read.
        """
        device = device or lab.rubric.device
        if not DEVICES.fullmatch(device):
            raise NoSuchDevice(
                f"{device!r} is no device; it is one of auto, cpu, cuda, cuda:0 (or another number), mps"
            )
        self.lab = lab
        self._server = server
        self._device = device
        self._only_if_safe = only_if_safe
        self._secrets = secrets
        self._reference: Reference | None = None
        self._mistakes = Mistakes(lab)
        self._course: Course | None = course(lab, self._mistakes) if lab.rubric.individual else None

    def __enter__(self) -> "Grader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reference:
            self._reference.solution.close()

    def grade(self, what: Path | FileSet, target: Path, metadata: Metadata = NOTHING_TOLD) -> GradeReport:
        """Mark the submission at a path, or gathered from one, writing results.json to `target`. metadata: what the
        platform tells of it.

        Raises handed_in.Unreadable (every check is then in `target`, with 0 points and the reason),
        handed_in.NotFound (nothing is written), NoSuchDevice, fileio.CannotWrite, FileError when a student's own
        numbers cannot be drawn, and GraderFault when no student's code can be run here at all.
        """
        started = time.monotonic()
        try:
            submission = self._read(what)
        except handed_in.NotFound:
            raise
        except handed_in.Unreadable as error:
            unreadable(self.lab, str(error), target)
            raise
        reference = self._started()
        own_lab = self._sheet(submission, metadata)
        with results_writer.ResultsWriter(target, self.lab) as file:
            graded = self._run(submission, own_lab, reference, file)
            report = GradeReport(
                self.lab.rubric.lab,
                str(metadata) or (clean(str(what)) if isinstance(what, Path) else ""),
                reference.solution.device,
                graded,
                time.monotonic() - started,
                self._confinement(target.parent, *([what] if isinstance(what, Path) else [])),
                seed=submission.digest,
                warnings=(*warnings(self.lab), *self._warnings(submission, own_lab)),
                numbers_of=str(own_lab.whose or ""),
                told="\n\n".join(filter(None, (own_lab.told, left_out(self.lab)))),
                scale=self.lab.scale,
            )
            file.finish(
                results_writer.finished(report, self.lab, metadata), results_writer.about(report, self.lab, metadata)
            )
        return report

    def reference(self) -> SandboxedProgram:
        """The instructor's solution in the sandbox, started if it is not yet. Raises GraderFault and NoSuchDevice."""
        return self._started().solution

    def in_double_precision(self) -> SandboxedProgram:
        """The instructor's solution once more, in a process where torch computes in float64; the caller closes it.

        Raises GraderFault and handed_in.Unreadable.
        """
        return self._solution(double=True)

    def _read(self, what: Path | FileSet) -> Submission:
        return handed_in.read(what, program=self.lab.rubric.program, answers=self.lab.rubric.answers)

    def _sheet(self, submission: Submission, metadata: Metadata) -> PersonalLab:
        """The lab with the numbers of whoever handed in."""
        if self._course is None:
            return PersonalLab(self.lab, self._mistakes)
        return sheet(self._course, metadata.people, submission)

    def _warnings(self, submission: Submission, own_lab: PersonalLab) -> tuple[str, ...]:
        """What the instructor is told of the numbers of a submission's own."""
        if self._course is None:
            return ()
        context = GradingContext(own_lab.lab, submission, own_lab.mistakes)
        try:
            return (*own_lab.warnings, *hints(self._course, own_lab, context))
        except FileError as error:
            return (*own_lab.warnings, str(error))

    def _run(
        self, submission: Submission, own_lab: PersonalLab, reference: Reference, file: results_writer.ResultsWriter
    ) -> tuple[CheckResult, ...]:
        if submission.program is None:
            return self._run_checks(GradingContext(own_lab.lab, submission, own_lab.mistakes), file)
        if any(word in cell for cell in submission.program.cells for word in IMPORT_DYNAMO):
            self._server.import_module(DYNAMO)
        with self._sandboxed(submission, from_rubric(self.lab.rubric.limits)) as program:
            program.device = reference.solution.device
            context = CodeContext(own_lab.lab, submission, own_lab.mistakes, program, reference.oracle)
            return self._run_checks(context, file)

    def _run_checks(self, context: GradingContext, file: results_writer.ResultsWriter) -> tuple[CheckResult, ...]:
        """Run the rubric's checks, recording each result as soon as it is there."""
        finished: list[CheckResult] = []

        def record(result: CheckResult) -> None:
            finished.append(result)
            so_far = said_once(context.lab, finished, context.record.reasons)
            file.record(thrown_out(context.lab, so_far)[-1])

        with limited.processor_time(JUDGING, suite.grade.__code__, SANDBOX):
            results = runner.run(suite.suite(context), {each.number: each for each in self.lab.rubric.checks}, record)
        return thrown_out(context.lab, said_once(context.lab, results, context.record.reasons))

    def _started(self) -> Reference:
        """The reference, started the first time, on the device asked for."""
        if self._reference is None:
            solution = self._solution()
            device = solution.available_device(self._device)
            if device.name is None:
                solution.close()
                has = f"it has {plural(device.gpus, 'CUDA device')}" if device.gpus else "it has no CUDA device"
                mend = "use --device auto or --device cpu"
                raise NoSuchDevice(f"there is no device {self._device!r} on this machine ({has}); {mend}")
            solution.device = device.name
            self._reference = Reference(solution, Oracle(self.lab, solution), solution.confinement())
            self._server.writes_elsewhere = "files" in Confinement(self._reference.confined.layers).missing
        confinement = self._confinement()
        if self._only_if_safe and not confinement.safe:
            why = "; ".join(f"{layer}: {reason}" for layer, reason in confinement.missing.items())
            raise GraderFault(f"submissions cannot be confined here ({why}), so none is run")
        return self._reference

    def _confinement(self, *secrets: Path) -> Confinement:
        """How submissions are confined, who must not read the lab's answers and what else is secret."""
        assert self._reference is not None
        ours = (self.lab.folder / "rubric.yaml", self.lab.reference, self.lab.folder / ROSTER, *self._secrets)
        found = self._reference.confined
        open_to_it = exposed((*(path for path in ours if path.exists()), *secrets), found.layers)
        return Confinement(found.layers, open_to_it, found.landlock)

    def _solution(self, *, double: bool = False) -> SandboxedProgram:
        """The reference's program; its answers on paper are nothing that it needs, and a submission would like."""
        all_day = dataclasses.replace(from_rubric(self.lab.rubric.limits), submission=A_DAY)
        read = self._read(self.lab.reference)
        paper = {self.lab.rubric.answers, *([read.answers.name] if read.answers else []), SHEET}
        files = tuple((name, content) for name, content in read.files if PurePath(name).name not in paper)
        return self._sandboxed(dataclasses.replace(read, files=files), all_day, patient=True, double=double)

    def _sandboxed(
        self, submission: Submission, bounds: ProcessLimits, *, patient: bool = False, double: bool = False
    ) -> SandboxedProgram:
        program = submission.program
        if program is None:
            raise GraderFault(f"the reference solution cannot be read: {' '.join(submission.problems)}")
        files = ProgramFiles(program.name, program.cells, submission.files, program.notebook, program.titles)
        return SandboxedProgram(self._server, files, bounds, self.lab.module, patient=patient, double=double)


def unreadable(lab: Lab, reason: str, target: Path) -> None:
    """Every check with 0 points and the reason, so that Gradescope shows the student more than an error."""
    with results_writer.ResultsWriter(target, lab) as file:
        for check in lab.rubric.checks:
            outcome = Outcome(0.0, f"Not marked: {reason}", graded=False)
            file.record(CheckResult(check.number, check.name, check.points, outcome))
        file.finish(reason)
