"""autograder individual: list the numbers that every student has as their own."""

import argparse
from pathlib import Path

from autograder.cli.options import MARKED, ROOT, SAME_NUMBERS, Verbs, complain


def add(verbs: Verbs) -> None:
    """Say how it is called."""
    verb = verbs.add_parser(
        "individual",
        allow_abbrev=False,
        help="list every student's own numbers",
        description="Write the roster with every student's own numbers, for a lab with individual: true. As roster.csv "
        "beside rubric.yaml it keeps them what they are, whatever is changed there later.",
        epilog="examples:\n  autograder individual --roster export.csv --out roster.csv\n"
        "  autograder individual --roster export.csv --out my_lab/roster.csv --lab my_lab\n\n"
        "exit status: 0 written, 2 the roster or the lab does not fit, and the sentence says where",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("--roster", type=Path, required=True, metavar="FILE", help="CSV with Name, Email and SID")
    verb.add_argument("--out", type=Path, required=True, metavar="FILE", help="the table, a CSV file")
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List the numbers that every student has as their own."""
    from autograder import fileio, rubric
    from autograder.individual import course, table
    from autograder.outcome import counted

    try:
        the_lab = rubric.load(options.lab)
        if not the_lab.rubric.individual:
            return complain(SAME_NUMBERS.format(rubric=the_lab.folder / "rubric.yaml"))
        students = course(the_lab, roster_file=options.roster)
        fileio.write_text(options.out, table.roster_csv(students), "--out")
    except (rubric.FileError, fileio.CannotWrite) as error:
        return complain(str(error))
    print(f"{options.out}: the numbers of {counted(len(students.roster.students), 'student')}")
    return MARKED
