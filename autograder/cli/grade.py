"""autograder grade: mark one submission and show the report."""

import argparse
from pathlib import Path

from autograder.cli.options import FAILED, MARKED, ROOT, USAGE, Verbs, complain

EXAMPLES = """\
examples:
  ./run_autograder examples/forgot_zero_grad          a folder with Lab4.py and answers.yaml
  ./run_autograder Lab4.py --results marks.json       one file; the results elsewhere
  ./run_autograder handed_in.zip --device cpu --quiet
  ./run_autograder examples/missing_factor_2 --html feedback.html
  ./run_autograder Lab4.py --student ada@example.edu  marked with her own numbers
  ./run_autograder Lab5.py --lab labs/logistic_regression

exit status: 0 marked, whatever the score; 2 it could not be begun as asked, or the submission cannot be read;
3 the grader itself failed"""


def add(verbs: Verbs) -> None:
    """Say how it is called."""
    verb = verbs.add_parser(
        "grade",
        allow_abbrev=False,
        help="mark one submission",
        description="Mark one submission: show a report and write Gradescope's results.json.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "submission",
        nargs="?",
        type=Path,
        metavar="SUBMISSION",
        help="folder, file or zip; none on Gradescope, which has its own place",
    )
    verb.add_argument("--results", type=Path, metavar="FILE", help="where results go (default: results/results.json)")
    verb.add_argument("--html", type=Path, metavar="FILE", help="also write the feedback as a page, graphs drawn")
    verb.add_argument(
        "--device",
        metavar="DEVICE",
        help="where tensors are computed: auto, cpu, cuda, cuda:N or mps (default: what rubric.yaml says)",
    )
    verb.add_argument("--quiet", action="store_true", help="print the total only")
    verb.add_argument(
        "--student", default="", metavar="WHO", help="email or SID of who handed in, where students have own numbers"
    )
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Mark one submission and show the report."""
    from autograder.sandbox.host.fork_server import ForkServer

    # First of all: torch is imported in another process while this one reads rubric and submission.
    with ForkServer() as server:
        from autograder import fileio, rubric, submission
        from autograder.grader import Grader, NoSuchDevice
        from autograder.gradescope import container, metadata, results_writer
        from autograder.sandbox.host.fork_server import GraderFault

        on_gradescope = options.submission is None and container.here()
        if options.submission is None and not on_gradescope:
            return complain(f"name a submission: a folder, a file or a zip\n\n{EXAMPLES}")
        path = container.SUBMISSION if on_gradescope else options.submission
        target = options.results or (container.RESULTS if on_gradescope else Path("results/results.json"))
        if on_gradescope:
            results_writer.write(target, results_writer.failure(results_writer.NOT_FINISHED))
        try:
            if on_gradescope:
                container.protect()
            from autograder.render import terminal

            the_lab = rubric.load(options.lab)
            told = metadata.read(container.METADATA) if on_gradescope else metadata.from_student(options.student)
            if the_lab.rubric.individual and not (on_gradescope or told.people or _same(path, the_lab.reference)):
                return complain("students have numbers of their own; say whose submission this is with --student")
            with Grader(the_lab, server, options.device, only_if_safe=on_gradescope) as grader:
                report = grader.grade(path, target, told)
        except submission.Unreadable as error:
            return complain(str(error), MARKED if on_gradescope else USAGE)
        except (rubric.FileError, NoSuchDevice, fileio.CannotWrite) as error:
            return complain(str(error))
        except GraderFault as error:
            return complain(f"the grader itself failed: {error}", FAILED)
        terminal.show(report, str(target), quiet=options.quiet)
        if options.html:
            from autograder.render import feedback

            try:
                page = feedback.render(report, the_lab, str(told) or path.resolve().name, told)
                fileio.write_text(options.html, page, "--html")
            except fileio.CannotWrite as error:
                return complain(str(error))
            if not options.quiet:
                print(f"{options.html}: open it in a browser")
        return FAILED if report.faulty else MARKED


def _same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()
