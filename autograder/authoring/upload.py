"""The upload for Gradescope: check that a lab is ready, measure a run, make the zip, and recommend a container."""

import io
import itertools
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import fileio, measure
from autograder import submission as submitted
from autograder.authoring import handout
from autograder.authoring.handout import spoilers
from autograder.errors import UserError
from autograder.fileio import TEMPORARY, remedy
from autograder.grader import Grader
from autograder.gradescope import container, upload_zip
from autograder.individual import ROSTER, course, roster_file, table
from autograder.outcome import GradeReport
from autograder.rubric import CodeCheck, Lab, PythonCheck
from autograder.sandbox.host.confinement import Confinement
from autograder.sandbox.host.fork_server import ForkServer
from autograder.submission import Submission

PLACEHOLDER = "change me"  # the public key of this repository begins like this
TRIED = 25  # made-up students whose numbers are drawn where there is no roster
SPARE = 1.25  # times the measured memory: a submission may need a little more than the reference


class NotReady(UserError):
    """The lab is not ready for students; str() is one sentence: where, what, and how to fix it."""


@dataclass(frozen=True)
class Readiness:
    """What the check of a lab found: the points of the template (None where there is no template), and warnings."""

    template: float | None
    warnings: tuple[str, ...]


def build(lab: Lab, server: ForkServer, target: Path) -> str:
    """Write the zip to `target`; returns a report of a few lines.

    Raises:
        NotReady, FileError, Unreadable: the lab is not ready.
        CannotPack, CannotWrite: the zip could not be made.
    """
    ready = check_ready(lab, server)
    packed = upload_zip.pack(lab, _rosters(lab))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve() / "source"
        with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
            archive.extractall(place)
        grade = [sys.executable, "-I", "-m", "autograder", "grade", str(place / "reference"), "--quiet"]
        command = [*grade, "--lab", str(place), "--device", "cpu", "--results", f"{folder}/results.json"]
        try:
            run, tree = measure.timed(command), measure.peak_of_tree(command)
        except measure.CommandFailed as error:
            *_, why = str(error).replace(f"{place}/", "").splitlines()
            what = "the zip lacks a file that grading needs; put it into the folder of the tests, or beside rubric.yaml"
            raise NotReady(f"{lab.folder}: {what} ({why.removeprefix('autograder: ')})") from None
    fileio.write_bytes(target, packed.content)
    return _text(lab, ready, target, packed, run, tree)


def _rosters(lab: Lab) -> dict[str, str]:
    """The roster with every student's numbers, if there is one. Raises FileError where numbers cannot be drawn for the
    students on it or, without a roster, for made-up ones."""
    if not lab.rubric.individual:
        return {}
    students = course(lab)
    if students.roster.students:
        return {ROSTER: table.roster_csv(students)}
    for number in range(TRIED):
        students.inputs(students.student(sid=str(number)))
    return {}


def check_ready(lab: Lab, server: ForkServer) -> Readiness:
    """Grade the reference and the template.

    Raises:
        NotReady: the reference loses points, or the template holds an answer or is out of date.
        FileError: a handout cannot be made from the lab.
        Unreadable: the reference or the template cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder, remedy(TEMPORARY), Grader(lab, server, "cpu") as grader:
        reference = grader.grade(lab.reference, Path(folder, "results.json"))
        warnings = (*_unsafe(reference.confinement), *_warnings(lab))
        for loss in _lost(lab, reference):
            raise NotReady(f"{lab.reference}: {loss}")
        template = lab.template
        if not template.is_dir():
            unseen = f"there is no folder {template}, so it was not checked whether students are given an answer"
            return Readiness(None, (unseen, *warnings))
        submission = submitted.read(template, program=lab.rubric.program, answers=lab.answers, arrays=lab.paper_arrays)
        report = grader.grade(template, Path(folder, "results.json"))
        answers = (_missing(lab, submission), _filled_in(submission), _earned(lab, report), _copied(lab, submission))
        for problem in itertools.chain(*answers, _out_of_date(lab)):
            raise NotReady(f"{template}: {problem}")
        return Readiness(report.points, (*warnings, *_passed(lab, report)))


def _lost(lab: Lab, report: GradeReport) -> Iterator[str]:
    """Points that the reference loses."""
    lost = [f"{check.number} ({check.name})" for check in report.checks if check.out_of and check.state != "right"]
    if lost:
        yield (
            f"the reference gets {report.points:g} of {report.out_of:g} points and loses some in {', '.join(lost)}; "
            f"fix it or the rubric, `autograder grade {lab.reference} --lab {lab.folder}` shows what is wrong"
            + _after_a_change(lab)
        )


def _after_a_change(lab: Lab) -> str:
    """What to do if published inputs or settings were changed since the template was made; "" if none was."""
    path = lab.template / lab.rubric.program
    made = handout.make(lab).get(path.name) if path.is_file() else None
    if made is None or not handout.changed({path.name: made}, lab.template):
        return ""
    return (
        f". {path} has other published inputs, or other code, than rubric.yaml and reference/ now: after such a change "
        f"run `autograder handout --lab {lab.folder}`"
    )


def _missing(lab: Lab, template: Submission) -> Iterator[str]:
    """Files for students to complete that cannot be read, so that their content cannot be checked."""
    if template.program is None:
        yield f"{lab.rubric.program} is missing or cannot be read"
    if template.answers is None and lab.paper():
        yield f"{lab.rubric.answers} is missing or cannot be read"


def _filled_in(template: Submission) -> Iterator[str]:
    """Paper answers that the template gives away."""
    if template.answers is None:
        return
    for section, answers in template.answers.sections.items():
        for name, answer in answers.items():
            if answer.text:
                yield f"{template.answers.name} has an answer for {section}.{name}; leave it blank for students"


def _earned(lab: Lab, report: GradeReport) -> Iterator[str]:
    """Functions that students should write, but that earn points in the template already."""
    for check, graded in zip(lab.rubric.checks, report.checks, strict=True):
        if not isinstance(check, CodeCheck) or not graded.outcome.points or graded.decided:
            continue
        if not lab.rubric.functions[check.function].given:
            yield (
                f"{check.function} earns {graded.outcome.points:g} points in check {check.number}; remove the answer "
                f"or, if students should get it, set `given: true` in rubric.yaml under functions.{check.function}"
            )


def _passed(lab: Lab, report: GradeReport) -> Iterator[str]:
    """Tests in Python that the template passes. It is not known which functions they are about."""
    for check, graded in zip(lab.rubric.checks, report.checks, strict=True):
        if isinstance(check, PythonCheck) and graded.outcome.points:
            yield (
                f"{lab.template} earns {graded.outcome.points:g} points with {check.test} of {check.file}; if students "
                f"write what that tests, name it under `functions` of this check"
            )


def _copied(lab: Lab, template: Submission) -> Iterator[str]:
    """Solutions of the reference that are in the template but do not run: commented out, or after a raise."""
    texts = {name: content.decode(errors="replace") for name, content in template.files}
    if template.program:
        texts[template.program.name] = "\n".join(template.program.cells)
    return spoilers.copied(lab, texts)


def _out_of_date(lab: Lab) -> Iterator[str]:
    """Files of the template that differ from those made from the rubric and the reference."""
    files = handout.make(lab, as_notebook=handout.is_notebook(lab, lab.template))
    if changed := handout.changed(files, lab.template):
        yield (
            f"{', '.join(changed)} {'does' if len(changed) == 1 else 'do'} not match rubric.yaml and reference/; "
            f"run `autograder handout --lab {lab.folder}`"
        )


def _unsafe(confinement: Confinement) -> Iterator[str]:
    if not confinement.safe:
        broken = "; ".join(confinement.broken)
        yield (
            "submissions cannot be sandboxed safely on this machine, `autograder doctor` says why. "
            f"These promises do not hold: {broken}. Where Gradescope has the same limits, no submission will be run"
        )


def _warnings(lab: Lab) -> Iterator[str]:
    if lab.rubric.key.startswith(PLACEHOLDER):
        yield "rubric.yaml: the key is the public one of this repository; set a `key` of your own before students start"
    if lab.rubric.individual and not roster_file(lab):
        yield (
            f"{lab.folder / ROSTER} is missing, so students' own numbers change when rubric.yaml or the grader does, "
            "and answers copied from another student are not found; make it with `autograder individual`"
        )
    if lab.rubric.limits.submission > container.TIMEOUT - 60:
        yield (
            f"rubric.yaml: a submission may take {lab.rubric.limits.submission:g} s, but Gradescope stops a run after "
            f"{container.TIMEOUT} s; lower limits.submission, or set a longer timeout on Gradescope"
        )


def _text(
    lab: Lab, ready: Readiness, target: Path, packed: upload_zip.Packed, run: measure.Run, tree: float | None
) -> str:
    memory, whose = (tree, "all its processes together") if tree else (run.largest, "its largest process")
    size = next((size for size in container.SIZES if size.memory >= SPARE * memory), container.SIZES[-1])
    default = " (the default)" if size is container.SIZES[0] else ""
    template = ""
    if ready.template is not None:
        template = f"; the template gets {ready.template:g}, none of them for functions that students write"
    return "\n".join(
        [
            *(f"Warning: {warning}." for warning in ready.warnings),
            f"{target}: {len(packed.content) / 1000:.0f} kB, {len(packed.names)} files.",
            f"The reference gets all {lab.rubric.points:g} points{template}.",
            f"One run on this machine: {run.wall:.1f} s, {run.cpu:.1f} s of CPU time, {memory:.0f} MB in {whose}.",
            f"On Gradescope, choose {size}{default}: the smallest that fits this with {SPARE - 1:.0%} to spare.",
            f"A run there takes about {run.cpu / size.processors:.0f} s if its CPUs are as fast as these.",
        ]
    )
