"""autograder handout: make what students get from rubric and reference, or say what differs from it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.options import DIFFERS, MARKED, ROOT, SAME_NUMBERS, Verbs, complain

if TYPE_CHECKING:
    from autograder.rubric import Lab


def add(verbs: Verbs) -> None:
    """Say how it is called."""
    verb = verbs.add_parser(
        "handout",
        allow_abbrev=False,
        help="make what students get",
        description="Make the folder that students get from rubric.yaml and reference/: the program with the functions "
        "to write left open, blank answers, drawings of the graphs, and the lab sheet from reference/handout.md.",
        epilog="examples:\n  autograder handout --check\n  autograder handout --roster roster.csv --out handouts\n\n"
        "exit status: 0 made, or nothing differs; 1 something differs (with --check); 2 it cannot be made, or would "
        "give an answer away",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where it goes (default: student_template/ of the lab)"
    )
    verb.add_argument("--check", action="store_true", help="write nothing, name the files that differ")
    verb.add_argument(
        "--roster", type=Path, metavar="CSV", help="a folder for each student, with numbers of their own, below --out"
    )
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make what students get from rubric and reference, or say what differs from it."""
    from autograder import rubric
    from autograder.authoring import handout
    from autograder.fileio import CannotWrite

    try:
        the_lab = rubric.load(options.lab)
        if options.roster:
            return _individual_handouts(the_lab, options)
        files, folder = handout.make(the_lab), options.out or the_lab.template
        changed = handout.changed(files, folder)
        if not options.check:
            handout.write(files, folder)
    except (rubric.FileError, CannotWrite) as error:
        return complain(str(error))
    if options.check:
        print("".join(f"differs    {folder / name}\n" for name in changed), end="")
        return DIFFERS if changed else MARKED
    for name in files:
        print(f"{'written  ' if name in changed else 'unchanged'}  {folder / name}")
    for name in handout.others(files, folder):
        print(f"stays      {folder / name}, which is not made from rubric and reference")
    if missing := handout.without_sheet(the_lab):
        print(missing)
    return MARKED


def _individual_handouts(the_lab: "Lab", options: argparse.Namespace) -> int:
    from autograder import individual
    from autograder.authoring import handout
    from autograder.text import plural

    if not the_lab.rubric.individual:
        return complain(SAME_NUMBERS.format(rubric=the_lab.folder / "rubric.yaml"))
    if options.check or not options.out:
        return complain("--roster makes a folder for each student: name a new one for all of them with --out")
    students = individual.course(the_lab, roster_file=options.roster)
    made = individual.individual_handouts(
        students, options.out, lambda own, folder: handout.write(handout.make(own), folder)
    )
    print(f"{options.out}: {plural(len(made), 'folder')}, and {individual.ROSTER} with everybody's numbers")
    return MARKED
