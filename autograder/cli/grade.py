"""autograder grade: grade one submission and show the report."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.options import (
    DONE,
    FAILED,
    Verbs,
    add_device,
    add_lab,
    add_student,
    add_verb,
    complain,
    how_to_call,
    require_student,
)
from autograder.errors import UserError

if TYPE_CHECKING:
    from autograder.sandbox.host.fork_server import ForkServer

USAGE = how_to_call(
    "./run_autograder examples/forgot_zero_grad          a folder with Lab4.py and answers.yaml",
    "./run_autograder Lab4.py --results grade.json       one file; write the results elsewhere",
    "./run_autograder submission.zip --device cpu --quiet",
    "./run_autograder examples/missing_factor_2 --html feedback.html",
    "./run_autograder Lab4.py --student ada@example.edu  grade with this student's own numbers",
    "./run_autograder Lab5.py --lab labs/logistic_regression",
    done="the submission was graded, whatever its score",
)


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "grade",
        run,
        help="grade one submission",
        description="Grade one submission: show a report, and write results.json as Gradescope reads it.",
        usage=USAGE,
    )
    verb.add_argument(
        "submission",
        nargs="?",
        type=Path,
        metavar="SUBMISSION",
        help="a folder, a file or a zip; leave it out on Gradescope, which has a fixed place for it",
    )
    verb.add_argument(
        "--results", type=Path, metavar="FILE", help="where to write results.json (default: results/results.json)"
    )
    verb.add_argument("--html", type=Path, metavar="FILE", help="also write the feedback as a page with the graphs")
    add_device(verb)
    verb.add_argument("--quiet", action="store_true", help="print the total only")
    add_student(verb, "the student's email or SID, for a lab in which each student has their own numbers")
    add_lab(verb)


def run(options: argparse.Namespace) -> int:
    """Grade one submission and show the report."""
    from autograder.sandbox.host.fork_server import ForkServer

    # First of all: the fork server imports torch in another process while this one reads rubric and submission.
    with ForkServer() as server:
        return _run(options, server)


def _run(options: argparse.Namespace, server: "ForkServer") -> int:
    from autograder import fileio, rubric, submission
    from autograder.grader import Grader
    from autograder.gradescope import container, metadata, results_writer

    on_gradescope = options.submission is None and container.here()
    if options.submission is None and not on_gradescope:
        raise UserError(f"name a submission: a folder, a file or a zip\n\n{USAGE}")
    path = container.SUBMISSION if on_gradescope else options.submission
    target = options.results or (container.RESULTS if on_gradescope else Path("results/results.json"))
    if on_gradescope:
        results_writer.write(target, results_writer.failure(results_writer.NOT_FINISHED))
        container.protect()
    from autograder.render import terminal  # not before results.json is there: it takes a moment

    the_lab = rubric.load(options.lab)
    student = metadata.read(container.METADATA) if on_gradescope else metadata.from_student(options.student)
    if not on_gradescope:
        require_student(the_lab, student, path)
    try:
        with (
            fileio.remedy("name another place with --results"),
            Grader(the_lab, server, options.device, only_if_safe=on_gradescope) as grader,
        ):
            report = grader.grade(path, target, student)
    except submission.Unreadable as error:
        if not on_gradescope:
            raise
        # results.json says it to the student, check by check. Any other status would show Gradescope's error instead.
        return complain(str(error), DONE)
    terminal.show(report, str(target), quiet=options.quiet)
    if options.html:
        from autograder.render import feedback

        page = feedback.render(report, the_lab, str(student) or path.resolve().name, student)
        with fileio.remedy("name another place with --html"):
            fileio.write_text(options.html, page)
        if not options.quiet:
            print(f"{options.html}: open it in a browser")
    return FAILED if report.faulty else DONE
