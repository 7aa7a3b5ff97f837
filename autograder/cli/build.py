"""autograder build: check that a lab is ready, and make its zip for Gradescope."""

import argparse
from pathlib import Path

from autograder.cli.options import DONE, Verbs, add_lab, add_out, add_verb, how_to_call


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "build",
        run,
        help="make the zip to upload to Gradescope",
        description="Grade the reference and the template, measure the time and memory of a run, and make the zip for "
        "Gradescope. A lab that is not ready is refused, and the message says why.",
        usage=how_to_call(
            "autograder build --out autograder.zip",
            "autograder build --lab labs/logistic_regression --out lab5.zip",
            done="the zip was made",
        ),
    )
    add_out(verb, "the zip (default: autograder.zip)", default=Path("autograder.zip"))
    add_lab(verb, "rubric.yaml, reference/ and student_template/")


def run(options: argparse.Namespace) -> int:
    """Check that a lab is ready, and make its zip for Gradescope."""
    from autograder import fileio, rubric
    from autograder.authoring import upload
    from autograder.sandbox.host.fork_server import ForkServer

    the_lab = rubric.load(options.lab)
    with ForkServer() as server, fileio.remedy("name another place with --out"):
        print(upload.build(the_lab, server, options.out))
    return DONE
