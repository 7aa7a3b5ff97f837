"""A whole rubric audited: the reference, the template, and every mistake in every function."""

import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.audit.function import FunctionAudit, audit, functions
from autograder.grade import Marker
from autograder.lab import Lab
from autograder.sandbox.wall import Wall


@dataclass(frozen=True)
class Audit:
    """A rubric audited. reference, template: points of the instructor's solution and of what students get, and of how
    many; the functions in the rubric's order."""

    lab: str
    reference: float
    template: float
    out_of: float
    functions: tuple[FunctionAudit, ...]

    @property
    def holds(self) -> bool:
        """Whether the reference gets everything and no single mistake does."""
        return self.reference >= self.out_of and not any(each.survivors for each in self.functions)


def run(lab: Lab, wall: Wall, scratch: Path, pairs: int) -> Audit:
    """Audit a lab; results of reference and template go to the folder `scratch`.

    Raises GraderFault where the reference cannot be run.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    names = functions(lab)
    with (
        Marker(lab, wall, "cpu") as marker,
        Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar,
    ):
        step = bar.add_task("reference and template", total=len(names) + 1)
        reference = marker.mark(lab.reference, scratch / "reference.json")
        blank = marker.mark(lab.template, scratch / "template.json").points if lab.template.is_dir() else 0.0
        audited = []
        for name in names:
            bar.update(step, advance=1, description=name)
            audited.append(audit(lab, marker.reference(), name, pairs))
        bar.update(step, advance=1, description="done")
    return Audit(lab.rubric.lab, reference.points, blank, reference.out_of, tuple(audited))
