"""autograder new: start a folder for a lab of one's own."""

import argparse
import shlex
from pathlib import Path

from autograder.cli.options import MARKED, Verbs, complain


def add(verbs: Verbs) -> None:
    """Say how it is called."""
    verb = verbs.add_parser(
        "new",
        allow_abbrev=False,
        help="start a lab of one's own",
        description="Make a folder with a small lab that is complete: rubric, reference and handout, to be changed "
        "piece by piece; docs/new-lab.md says how.",
        epilog="examples:\n  autograder new my_lab\n  autograder new my_lab --in labs\n\n"
        "exit status: 0 made; 2 it cannot be made there, or has no good name",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("name", metavar="NAME", help="of the lab and of its folder")
    verb.add_argument(
        "--in", dest="inside", type=Path, default=Path(), metavar="FOLDER", help="where (default: the current folder)"
    )
    verb.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Start a folder for a lab of one's own."""
    from autograder import fileio
    from autograder.authoring import new_lab

    try:
        folder = new_lab.start(options.name, options.inside)
    except (new_lab.BadName, fileio.CannotWrite) as error:
        return complain(str(error))
    print(f"{folder}: a small lab that is complete. Change rubric.yaml and reference/, then run")
    print(f"  autograder handout --lab {shlex.quote(str(folder))}")
    return MARKED
