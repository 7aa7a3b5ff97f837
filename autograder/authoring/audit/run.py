"""Audit a whole rubric: grade the reference, the template, every mistake in every function, and wrong programs."""

import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.authoring.audit.function import FunctionAudit, audit, fixed, functions
from autograder.authoring.audit.programs import FunctionPrograms, grade_programs
from autograder.grader import Grader
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer


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

    @property
    def holds(self) -> bool:
        """Whether the reference gets full points and every single mistake and wrong program loses some, in every draw.

        A change of the reference that makes no difference in any draw is no wrong program.
        """
        escaped = any(each.survivors or each.escapes for each in self.functions)
        return self.reference >= self.out_of and not escaped and not any(each.escapes for each in self.programs)


def run(lab: Lab, server: ForkServer, scratch: Path, pairs: int, draws: int, programs: int = 0) -> Audit:
    """Audit a lab.

    Args:
        lab: The lab.
        server: Starts the processes of reference and template.
        scratch: A folder for their results.
        pairs: The most pairs of mistakes to try in each function.
        draws: How many times to draw the hidden inputs.
        programs: How many wrong programs to grade for each function.

    Raises:
        GraderFault: The reference cannot be run.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    names = functions(lab)
    with (
        Grader(lab, server, "cpu") as grader,
        Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar,
    ):
        step = bar.add_task("reference and template", total=len(names) + 1)
        drawing = bar.add_task("draws of hidden inputs", total=len(names) * draws)
        trying = bar.add_task("wrong programs", total=len(names) * programs, visible=programs > 0)
        reference = grader.grade(lab.reference, scratch / "reference.json")
        blank = grader.grade(lab.template, scratch / "template.json").points if lab.template.is_dir() else 0.0
        audited = []
        for done, name in enumerate(names, 1):
            bar.update(step, advance=1, description=name)
            audited.append(audit(lab, grader.reference(), name, pairs, draws, lambda: bar.advance(drawing)))
            bar.update(drawing, completed=done * draws)
        bar.update(step, advance=1, description="done")
        tried = grade_programs(lab, server, scratch, programs, lambda: bar.advance(trying))
        bar.update(trying, completed=len(names) * programs)
    return Audit(lab.rubric.lab, reference.points, blank, reference.out_of, tuple(audited), tuple(fixed(lab)), tried)
