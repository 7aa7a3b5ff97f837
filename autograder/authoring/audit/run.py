"""Audit a whole rubric: grade the reference, the template, every mistake in every function, and wrong programs."""

import math
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.authoring.audit import training_bounds
from autograder.authoring.audit.budget import Budget
from autograder.authoring.audit.function import audit_all, fixed, functions
from autograder.authoring.audit.programs import FunctionPrograms, grade_programs
from autograder.authoring.audit.progress import shown
from autograder.authoring.audit.result import FunctionAudit
from autograder.grader import Grader
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer

PROGRAMS = 0.4  # of the time, for wrong programs


@dataclass(frozen=True)
class Audit:
    """The results of an audit."""

    lab: str
    reference: float  # points of the instructor's solution
    template: float  # points of the student template
    out_of: float
    functions: tuple[FunctionAudit, ...]  # in the order of the rubric
    fixed: tuple[str, ...] = ()  # hidden inputs that are not drawn, but are the same for every submission
    programs: tuple[FunctionPrograms, ...] = ()  # wrong programs, by function; () if none were tried
    seconds: float = 0.0  # that it was allowed to take; 0 for any time
    trained: tuple[training_bounds.TrainingBounds, ...] = ()  # what the reference reaches in checks of training

    @property
    def holds(self) -> bool:
        """Whether the reference gets full points, also when it trains again, and every single mistake and each wrong
        program tried loses some, in every draw.

        A change of the reference that makes no difference in any draw is no wrong program.
        """
        trained = not any(each.problem or each.unsafe for each in self.trained)
        return self.reference >= self.out_of and trained and not self.escaped and self.finished

    @property
    def escaped(self) -> bool:
        """Whether a mistake or a wrong program can get full points."""
        mistakes = any(each.survivors or each.escapes for each in self.functions)
        return mistakes or any(each.escapes for each in self.programs)

    @property
    def finished(self) -> bool:
        """Whether there was time for every single mistake, and every draw.

        Pairs and wrong programs are a sample in any case, and a diagnosis proves nothing about the points.
        """
        return not any(each.untried.mistakes or each.untried.draws for each in self.functions)


def run(
    lab: Lab, server: ForkServer, scratch: Path, pairs: int, draws: int, programs: int = 0, seconds: float = 0.0
) -> Audit:
    """Audit a lab.

    Args:
        lab: The lab.
        server: Starts the processes of reference and template.
        scratch: A folder for their results.
        pairs: The most pairs of mistakes to try in each function.
        draws: How many times to draw the hidden inputs.
        programs: How many wrong programs to grade for each function.
        seconds: How long to try; 0 for any time.

    Raises:
        GraderFault: The reference cannot be run.
    """
    budget = Budget.of(seconds or math.inf)
    with Grader(lab, server, "cpu") as grader, shown(Console(stderr=True)) as progress:
        reference = grader.grade(lab.reference, scratch / "reference.json")
        blank = grader.grade(lab.template, scratch / "template.json").points if lab.template.is_dir() else 0.0
        trained = training_bounds.audit(grader, budget, progress)
        own = budget.part(1 - PROGRAMS if programs > 0 else 1.0)
        audited = audit_all(lab, grader.reference(), functions(lab), pairs, draws, own, progress)
        tried = grade_programs(lab, server, scratch, programs, budget, progress)
    return Audit(
        *(lab.rubric.lab, reference.points, blank, reference.out_of, audited, tuple(fixed(lab)), tried),
        trained=trained,
        seconds=seconds,
    )
