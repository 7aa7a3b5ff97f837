"""autograder audit: mark every mistake that students make, and say what the rubric lets pass."""

import argparse
from pathlib import Path

from autograder.cli.options import AUDIT_FAILED, FAILED, MARKED, ROOT, Verbs, complain


def add(verbs: Verbs) -> None:
    """Say how it is called."""
    verb = verbs.add_parser(
        "audit",
        allow_abbrev=False,
        help="test a rubric with every mistake that students make",
        description="Mark reference, template and every mistake that students make, alone and two at once, with "
        "the rubric's own checks, and say what they let pass. Hidden inputs are drawn many times: a mistake has to "
        "show in every draw.",
        epilog="examples:\n  autograder audit --out audit.html\n  autograder audit --draws 1000\n"
        "  autograder audit --pairs 2000 --lab labs/logistic_regression\n\n"
        "exit status: 0 the reference gets all points and no mistake does; 1 not so;\n"
        "2 it could not be begun as asked, or the page not be written; 3 the grader itself failed",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("--out", type=Path, metavar="FILE", help="also write a page to look at in a browser")
    verb.add_argument(
        "--pairs", type=int, default=400, metavar="N", help="pairs of mistakes tried for each function (default: 400)"
    )
    verb.add_argument(
        "--draws",
        type=int,
        default=100,
        metavar="N",
        help="submissions whose hidden inputs are drawn and tried (default: 100)",
    )
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Mark every mistake that students make, and say what the rubric lets pass."""
    import tempfile

    from autograder import fileio, rubric
    from autograder.authoring.audit import run, show
    from autograder.errors import GraderFault
    from autograder.sandbox.host.fork_server import ForkServer

    try:
        the_lab = rubric.load(options.lab)
        with ForkServer() as server, tempfile.TemporaryDirectory() as folder:
            found = run.run(the_lab, server, Path(folder), options.pairs, max(1, options.draws))
        show.show(found)
        if options.out:
            fileio.write_text(options.out, show.page(found), "--out")
    except (rubric.FileError, fileio.CannotWrite) as error:
        return complain(str(error))
    except GraderFault as error:
        return complain(f"the grader itself failed: {error}", FAILED)
    return MARKED if found.holds else AUDIT_FAILED
