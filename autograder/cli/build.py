"""autograder build: look the lab over and make the zip for Gradescope."""

import argparse
from pathlib import Path

from autograder.cli.options import FAILED, MARKED, ROOT, Verbs, complain


def add(verbs: Verbs) -> None:
    """Say how it is called."""
    verb = verbs.add_parser(
        "build",
        allow_abbrev=False,
        help="make the zip to upload to Gradescope",
        description="Try the reference and the template, measure a run, and make the zip for Gradescope.",
        epilog="examples:\n  autograder build --out autograder.zip\n"
        "  autograder build --lab labs/logistic_regression --out lab5.zip\n\n"
        "exit status: 0 made; 2 the lab is not ready, and the sentence says why; 3 the grader itself failed",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "--out", type=Path, default=Path("autograder.zip"), metavar="FILE", help="the zip (default: autograder.zip)"
    )
    verb.add_argument(
        "--lab",
        type=Path,
        default=ROOT,
        metavar="FOLDER",
        help="with rubric.yaml, reference/ and student_template/ (default: this lab)",
    )
    verb.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Look the lab over and make the zip for Gradescope."""
    from autograder import fileio, rubric, submission
    from autograder.authoring import upload
    from autograder.errors import GraderFault
    from autograder.gradescope import upload_zip
    from autograder.sandbox.host.fork_server import ForkServer

    try:
        the_lab = rubric.load(options.lab)
        with ForkServer() as server:
            print(upload.build(the_lab, server, options.out))
    except (
        rubric.FileError,
        submission.Unreadable,
        upload.NotReady,
        upload_zip.CannotPack,
        fileio.CannotWrite,
    ) as error:
        return complain(str(error))
    except GraderFault as error:
        return complain(f"the grader itself failed: {error}", FAILED)
    return MARKED
