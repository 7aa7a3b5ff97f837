"""Grades submissions, from the submitted files to a finished report. results.json is valid at every moment."""

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path, PurePath
from types import TracebackType

from autograder import course_file, limited, sandbox
from autograder import submission as submitted
from autograder.checks import locate, suite
from autograder.checks.context import CodeContext, GradingContext
from autograder.checks.line_search import Effort
from autograder.checks.oracle import Oracle
from autograder.checks.said_once import SaidOnce
from autograder.checks.thrown_out import left_out, thrown_out
from autograder.errors import GraderFault, UserError
from autograder.gradescope import results_writer
from autograder.gradescope.metadata import Metadata
from autograder.individual import ROSTER, Course, course
from autograder.individual.matching_answers import hints
from autograder.individual.personal_lab import PersonalLab, choose_lab
from autograder.mistakes.for_lab import Mistakes
from autograder.outcome import CheckResult, GradeReport, Outcome
from autograder.rubric import DEVICES, FileError, Function, Lab, warnings, without_graph
from autograder.sandbox.host.calls import GivenArrays, ModuleCall, ProgramFiles
from autograder.sandbox.host.confinement import Confinement, exposed
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits, from_rubric
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import Confined
from autograder.submission import FileSet, Submission
from autograder.text import clean, plural

NO_METADATA = Metadata()
SHEET = "handout.md"  # in the reference's folder: the source of the lab sheet
SANDBOX = Path(sandbox.__file__).parent
IN_A_CLASS = 300  # changes that are tried in one function, to find the line of its mistake
JUDGING = 60.0  # seconds of this process's CPU time for one submission; an honest one takes less than a second
A_DAY = 86_400.0  # seconds; the reference runs longer than any one submission


class NoSuchDevice(UserError):
    """The requested device does not exist here; str() says what to do."""


@dataclasses.dataclass(frozen=True)
class Reference:
    """The instructor's solution, running in the sandbox like a submission."""

    solution: SandboxedProgram
    oracle: Oracle  # knows the right results
    confined: Confined  # which sandbox layers work here


class Grader:
    """Grades any number of submissions of one lab, one after the other. A context manager.

    The reference is started for the first submission and kept, so it is compared with the rubric only once.
    """

    def __init__(
        self,
        lab: Lab,
        server: ForkServer,
        device: str | None = None,
        *,
        only_if_safe: bool = False,
        secrets: Sequence[Path] = (),
        in_a_class: bool = False,
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            device: one of rubric.DEVICES; None for the rubric's.
            only_if_safe: refuse to run anything on a machine where submissions cannot be confined.
            secrets: paths that a submission must not read, beside the lab and the results.
            in_a_class: look for the line of a mistake only where no known mistake explains it, and not for long. Write
                results.json only at the end: a class grades a submission again if its grader was killed.

        Raises: NoSuchDevice for a word that is not a device, and FileError for a roster that cannot be read.
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
        self._in_a_class = in_a_class
        seconds = lab.rubric.limits.search
        self._effort = Effort(seconds, IN_A_CLASS, only_unexplained=True) if in_a_class else Effort(seconds)
        self._reference: Reference | None = None
        self._refusal = ""  # why no submission is run here
        self._confined: dict[tuple[Path, ...], Confinement] = {}  # by further secrets
        self._mistakes = Mistakes(lab)
        self._course: Course | None = course(lab, self._mistakes) if lab.rubric.individual else None

    def __enter__(self) -> "Grader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reference:
            self._reference.solution.close()

    def grade(
        self,
        what: Path | FileSet | Submission,
        target: Path,
        metadata: Metadata = NO_METADATA,
    ) -> GradeReport:
        """Grade a submission and write results.json.

        Args:
            what: the submission's path, or its files, or what was read of them.
            target: where results.json is written.
            metadata: what the platform says about the submission.

        Raises:
            submitted.Unreadable: `target` then has every check, with 0 points and the reason.
            submitted.NotFound: nothing is written.
            NoSuchDevice, fileio.CannotWrite.
            FileError: a student's own numbers cannot be drawn.
            GraderFault: no student's code can be run here at all.
        """
        started = time.monotonic()
        try:
            submission = what if isinstance(what, Submission) else self._read(what)
        except submitted.NotFound:
            raise
        except submitted.Unreadable as error:
            unreadable(self.lab, str(error), target)
            raise
        reference = self._started()
        own_lab = self._own_lab(submission, metadata)
        with results_writer.ResultsWriter(target, self.lab, only_at_the_end=self._in_a_class) as file:
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
                numbers_of=str(own_lab.student or ""),
                told="\n\n".join(filter(None, (own_lab.message, left_out(self.lab)))),
                scale=self.lab.scale,
            )
            file.finish(
                results_writer.finished(report, self.lab, metadata), results_writer.about(report, self.lab, metadata)
            )
        if self._in_a_class and reference.solution.device == "cpu":  # with a GPU, a process takes seconds to start
            reference.solution.rest()
        return report

    def reference(self) -> SandboxedProgram:
        """The instructor's solution in the sandbox, started if necessary. Raises GraderFault and NoSuchDevice."""
        return self._started().solution

    def program(self, submission: Submission) -> SandboxedProgram:
        """The program of a submission in the sandbox; the caller closes it. Raises GraderFault if it has none."""
        return self._sandboxed(submission, from_rubric(self.lab.rubric.limits))

    def in_double_precision(self) -> SandboxedProgram:
        """The instructor's solution once more, in a process where torch computes in float64; the caller closes it.

        Raises GraderFault and submitted.Unreadable.
        """
        return self._solution(double=True)

    def _read(self, what: Path | FileSet) -> Submission:
        lab = self.lab
        return submitted.read(what, program=lab.rubric.program, answers=lab.answers, arrays=lab.paper_arrays)

    def _own_lab(self, submission: Submission, metadata: Metadata) -> PersonalLab:
        """The lab with the numbers of the student who submitted."""
        if self._course is None:
            return PersonalLab(self.lab, self._mistakes)
        return choose_lab(self._course, metadata.people, submission)

    def _warnings(self, submission: Submission, own_lab: PersonalLab) -> tuple[str, ...]:
        """For the instructor: warnings about the student's own numbers."""
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
        with self._sandboxed(submission, from_rubric(self.lab.rubric.limits)) as program:
            program.device = reference.solution.device
            context = CodeContext(own_lab.lab, submission, own_lab.mistakes, program, reference.oracle)
            return self._run_checks(context, file, program)

    def _run_checks(
        self, context: GradingContext, file: results_writer.ResultsWriter, program: SandboxedProgram | None = None
    ) -> tuple[CheckResult, ...]:
        """Run the rubric's checks, record each result as soon as it is there, and look for the lines of mistakes."""
        so_far = SaidOnce(context.lab, context.record.reasons)

        def record(result: CheckResult) -> None:
            if not self._in_a_class:
                file.record(*thrown_out(context.lab, [so_far(result)]))

        with limited.processor_time(JUDGING, suite.grade.__code__, SANDBOX):
            results = suite.run(context, record)
        if program and isinstance(context, CodeContext) and self._effort.seconds:
            try:
                results = locate.with_lines(context, program, results, self._effort)
            except Exception as error:  # the grade does not depend on it
                suite.tell_instructor(error)
        final = thrown_out(context.lab, map(SaidOnce(context.lab, context.record.reasons), results))
        for each in final:
            file.record(each)
        return final

    def _started(self) -> Reference:
        """The reference, started the first time on the requested device."""
        if self._reference is None:
            solution = self._solution()
            device = solution.available_device(self._device)
            if device.name is None:
                solution.close()
                has = f"it has {plural(device.gpus, 'CUDA device')}" if device.gpus else "it has no CUDA device"
                fix = "use --device auto or --device cpu"
                raise NoSuchDevice(f"there is no device {self._device!r} on this machine ({has}); {fix}")
            solution.device = device.name
            self._reference = Reference(solution, Oracle(self.lab, solution), solution.confinement())
            self._server.writes_elsewhere = "files" in Confinement(self._reference.confined.layers).missing
            self._refusal = self._why_not_safe() if self._only_if_safe else ""
        if self._refusal:
            raise GraderFault(self._refusal)
        return self._reference

    def _why_not_safe(self) -> str:
        """Why submissions must not run here; "" if they may."""
        confinement = self._confinement()
        why = "; ".join(f"{layer}: {reason}" for layer, reason in confinement.missing.items())
        return "" if confinement.safe else f"submissions cannot be confined here ({why}), so none is run"

    def _confinement(self, *secrets: Path) -> Confinement:
        """How submissions are confined here. secrets: paths that they must not read, beside the lab's answers."""
        assert self._reference is not None
        if secrets in self._confined:  # each look takes a dozen system calls
            return self._confined[secrets]
        listed = course_file.of_lab(self.lab.folder)
        shared = [path for path in (listed[0].path, listed[0].roster) if path] if listed else []
        ours = (self.lab.folder / "rubric.yaml", self.lab.reference, self.lab.folder / ROSTER, *shared, *self._secrets)
        found = self._reference.confined
        open_to_it = exposed((*(path for path in ours if path.exists()), *secrets), found.layers)
        self._confined[secrets] = Confinement(found.layers, open_to_it, found.landlock)
        return self._confined[secrets]

    def _solution(self, *, double: bool = False) -> SandboxedProgram:
        """Start the reference's program, without its paper answers: it does not need them, and they are secret."""
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
        graphs, functions = self.lab.graphs, self.lab.rubric.functions
        arrays = {
            name: GivenArrays(each.arrays_as, each.device)
            for name, each in functions.items()
            if graphs[each.graph].has_arrays
        }
        modules = {name: _module(each) for name, each in functions.items() if each.is_class}
        return SandboxedProgram(
            self._server,
            files,
            bounds,
            self.lab.module,
            patient=patient,
            double=double,
            arrays=arrays,
            modules=modules,
        )


def _module(cls: Function) -> ModuleCall:
    """How a class of the rubric is called."""
    loss = without_graph.loss_of(cls)
    gradients = tuple(cls.parameters) if loss else ()
    return ModuleCall(
        cls.build,
        tuple(cls.parameters.items()),
        without_graph.forward(cls),
        without_graph.outputs(cls),
        loss,
        gradients,
    )


def unreadable(lab: Lab, reason: str, target: Path) -> None:
    """Write every check with 0 points and the reason, so that Gradescope shows the student more than an error."""
    with results_writer.ResultsWriter(target, lab) as file:
        for check in lab.rubric.checks:
            outcome = Outcome(0.0, f"Not graded: {reason}", graded=False)
            file.record(CheckResult(check.number, check.name, check.points, outcome))
        file.finish(reason)
