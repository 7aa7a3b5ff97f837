"""autograder individual: list the numbers that each student has as their own."""

import argparse

from autograder.cli.options import (
    DONE,
    Verbs,
    add_lab,
    add_out,
    add_roster,
    add_verb,
    how_to_call,
    require_individual,
)


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "individual",
        run,
        help="list each student's own numbers",
        description="Write the class list with each student's own numbers, for a lab with `individual: true`. Saved as "
        "roster.csv beside rubric.yaml it fixes these numbers, even if the rubric changes later.",
        usage=how_to_call(
            "autograder individual --roster export.csv --out roster.csv",
            "autograder individual --roster export.csv --out my_lab/roster.csv --lab my_lab",
            done="the table was written",
        ),
    )
    add_roster(verb, "the class list: CSV with the columns Name, Email and SID", required=True)
    add_out(verb, "the table, a CSV file", required=True)
    add_lab(verb)


def run(options: argparse.Namespace) -> int:
    """List the numbers that each student has as their own."""
    from autograder import fileio, rubric
    from autograder.individual import course, table
    from autograder.text import plural

    the_lab = rubric.load(options.lab)
    require_individual(the_lab)
    students = course(the_lab, class_list=options.roster)
    with fileio.remedy("name another place with --out"):
        fileio.write_text(options.out, table.roster_csv(students))
    print(f"{options.out}: the numbers of {plural(len(students.roster.students), 'student')}")
    return DONE
