"""The upload for Gradescope: look the lab over, try it, pack it, and say which container it needs."""

import itertools
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import measure
from autograder import submission as handed_in
from autograder.authoring import handout
from autograder.authoring.handout import spoilers
from autograder.errors import UserError
from autograder.fileio import TEMPORARY, remedy
from autograder.grader import Grader
from autograder.gradescope import container, upload_zip
from autograder.individual import ROSTER, course, table
from autograder.outcome import GradeReport
from autograder.rubric import CodeCheck, Lab
from autograder.sandbox.host.confinement import Confinement
from autograder.sandbox.host.fork_server import ForkServer
from autograder.submission import Submission

PLACEHOLDER = "change me"  # how the key begins that everybody has who has this project
TRIED = 25  # students whose numbers are drawn where there is no roster
SPARE = 1.25  # times the memory that was measured: a submission may need somewhat more than the reference


class NotReady(UserError):
    """The lab cannot be given like this; str() is one sentence: where, what, and how to mend it."""


@dataclass(frozen=True)
class Looked:
    """What looking the lab over found: points of the template (None where there is none), and warnings."""

    template: float | None
    warnings: tuple[str, ...]


def build(lab: Lab, server: ForkServer, target: Path) -> str:
    """Write the zip to `target`; returns what there is to say. Raises NotReady, FileError,
    upload.CannotPack and fileio.CannotWrite."""
    looked = look_over(lab, server)
    beside = _rosters(lab)
    with tempfile.TemporaryDirectory() as folder:
        grade = [sys.executable, "-I", "-m", "autograder", "grade", str(lab.reference), "--quiet"]
        command = [*grade, "--lab", str(lab.folder), "--device", "cpu", "--results", f"{folder}/results.json"]
        run, tree = measure.timed(command), measure.peak_of_tree(command)
    return _text(lab, looked, upload_zip.pack(lab, target, beside), run, tree)


def _rosters(lab: Lab) -> dict[str, str]:
    """The roster with everybody's numbers, if there is one. Raises FileError where numbers cannot be drawn, for those
    on the roster or, without one, for some students that are made up."""
    if not lab.rubric.individual:
        return {}
    students = course(lab)
    if students.roster.students:
        return {ROSTER: table.text(students)}
    for number in range(TRIED):
        students.inputs(students.student(sid=str(number)))
    return {}


def look_over(lab: Lab, server: ForkServer) -> Looked:
    """Mark the reference and the template. Raises NotReady when one lacks points or the other holds an answer or is out
    of date, lab.FileError when it could not be made, and submission.Unreadable."""
    with tempfile.TemporaryDirectory() as folder, remedy(TEMPORARY), Grader(lab, server, "cpu") as grader:
        reference = grader.grade(lab.reference, Path(folder, "results.json"))
        warnings = (*_unsafe(reference.confinement), *_warnings(lab))
        for loss in _lost(lab, reference):
            raise NotReady(f"{lab.reference}: {loss}")
        template = lab.template
        if not template.is_dir():
            unseen = f"there is no folder {template}, so nobody has looked whether students are handed an answer"
            return Looked(None, (unseen, *warnings))
        submission = handed_in.read(template, program=lab.rubric.program, answers=lab.rubric.answers)
        report = grader.grade(template, Path(folder, "results.json"))
        answers = (_missing(lab, submission), _filled_in(submission), _earned(lab, report), _copied(lab, submission))
        for problem in itertools.chain(*answers, _out_of_date(lab)):
            raise NotReady(f"{template}: {problem}")
        return Looked(report.points, warnings)


def _lost(lab: Lab, report: GradeReport) -> Iterator[str]:
    """Points that the reference does not get."""
    lost = [f"{check.number} ({check.name})" for check in report.checks if check.out_of and check.state != "right"]
    if lost:
        yield (
            f"the reference gets {report.points:g} of {report.out_of:g} points and loses some in {', '.join(lost)}; "
            f"mend it or the rubric, `autograder grade {lab.reference} --lab {lab.folder}` says more"
        )


def _missing(lab: Lab, template: Submission) -> Iterator[str]:
    """Files that students are to complete: nobody could tell what stands in one that is not read."""
    if template.program is None:
        yield f"there is no {lab.rubric.program} that can be read"
    if template.answers is None and lab.paper():
        yield f"there is no {lab.rubric.answers} that can be read"


def _filled_in(template: Submission) -> Iterator[str]:
    """Paper answers in the template."""
    if template.answers is None:
        return
    for section, answers in template.answers.sections.items():
        for name, answer in answers.items():
            if answer.text:
                yield f"{template.answers.name} has a value for {section}.{name}; leave blank what students work out"


def _earned(lab: Lab, report: GradeReport) -> Iterator[str]:
    """Functions of the template that are to be written and earn points all the same."""
    for check, graded in zip(lab.rubric.checks, report.checks, strict=True):
        if not isinstance(check, CodeCheck) or not graded.outcome.points or graded.decided:
            continue
        if not lab.rubric.functions[check.function].given:
            yield (
                f"{check.function} earns {graded.outcome.points:g} points in check {check.number}; take the answer "
                f"out or, if students are to have it, write `given: true` in rubric.yaml, functions, {check.function}"
            )


def _copied(lab: Lab, template: Submission) -> Iterator[str]:
    """Solutions of the reference that stand in the template without being run: commented out, or under a raise."""
    texts = {name: content.decode(errors="replace") for name, content in template.files}
    if template.program:
        texts[template.program.name] = "\n".join(template.program.cells)
    return spoilers.copied(lab, texts)


def _out_of_date(lab: Lab) -> Iterator[str]:
    """Files of the template that are not as rubric and reference have them."""
    if changed := handout.changed(handout.make(lab), lab.template):
        yield (
            f"{', '.join(changed)} {'is' if len(changed) == 1 else 'are'} not what rubric and reference make of it; "
            f"run `autograder handout --lab {lab.folder}`"
        )


def _unsafe(confinement: Confinement) -> Iterator[str]:
    if not confinement.safe:
        broken = "; ".join(confinement.broken)
        yield (
            f"on this machine submissions cannot be confined, `autograder doctor` says why. Not so: {broken}. "
            "Where Gradescope is like that, none is run"
        )


def _warnings(lab: Lab) -> Iterator[str]:
    if lab.rubric.key.startswith(PLACEHOLDER):
        yield "rubric.yaml: the key is the one that everybody has; set a `key` of your own before you give the lab"
    if lab.rubric.individual and not (lab.folder / ROSTER).is_file():
        yield (
            f"{lab.folder / ROSTER}: there is none, so students' own numbers change when rubric.yaml or the grader "
            "does, and answers that are another student's are not found; `autograder individual` makes it"
        )
    if lab.rubric.limits.submission > container.TIMEOUT - 60:
        yield (
            f"rubric.yaml: a submission may take {lab.rubric.limits.submission:g} s, and Gradescope ends a run after "
            f"{container.TIMEOUT} s; lower limits.submission, or choose a longer timeout there"
        )


def _text(lab: Lab, looked: Looked, packed: upload_zip.Packed, run: measure.Run, tree: float | None) -> str:
    memory, whose = (tree, "all its processes together") if tree else (run.largest, "its largest process")
    size = next((size for size in container.SIZES if size.memory >= SPARE * memory), container.SIZES[-1])
    default = " (the default)" if size is container.SIZES[0] else ""
    template = "" if looked.template is None else f", the template {looked.template:g}, none in a function to write"
    return "\n".join(
        [
            *(f"Warning: {warning}." for warning in looked.warnings),
            f"{packed.path}: {packed.size / 1000:.0f} kB, {len(packed.names)} files.",
            f"The reference gets all {lab.rubric.points:g} points{template}.",
            f"One run here: {run.wall:.1f} s, {run.cpu:.1f} s of processor time, {memory:.0f} MB in {whose}.",
            f"Choose on Gradescope: {size}{default}, the smallest with room for that and {SPARE - 1:.0%} more.",
            f"There a run takes about {run.cpu / size.processors:.0f} s, if its processors are like those here.",
        ]
    )
