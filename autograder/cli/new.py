"""autograder new: make a folder to start your own lab from."""

import argparse
import shlex
from pathlib import Path

from autograder.cli.options import DONE, Verbs, add_verb, how_to_call


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "new",
        run,
        help="start your own lab",
        description="Make a folder with a complete lab: rubric, reference and handout, a copy of a small one or, with "
        "--from, of one in labs/. Change it step by step into your own; docs/new-lab.md explains how.",
        usage=how_to_call(
            "autograder new my_lab",
            "autograder new my_lab --from linear_regression --in labs",
            done="the folder was made",
        ),
    )
    verb.add_argument("name", metavar="NAME", help="the name of the lab and of its folder")
    verb.add_argument(
        "--from",
        dest="source",
        default="scalar",
        metavar="LAB",
        help="the lab to copy: scalar, a small one, or the name of a folder in labs/ (default: scalar)",
    )
    verb.add_argument(
        "--in",
        dest="inside",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="where to make it (default: the current folder)",
    )


def run(options: argparse.Namespace) -> int:
    """Make a folder to start your own lab from."""
    from autograder.authoring import new_lab
    from autograder.fileio import remedy

    with remedy("choose another name, or another place with --in"):
        folder = new_lab.start(options.name, options.inside, options.source)
    print(f"{folder}: a complete lab. Change rubric.yaml and reference/, then run")
    print(f"  autograder handout --lab {shlex.quote(str(folder))}")
    return DONE
