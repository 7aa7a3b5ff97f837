"""autograder handout: make what students get from the rubric and the reference, or report what differs from it."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.options import (
    DIFFERS,
    DONE,
    Verbs,
    add_lab,
    add_out,
    add_roster,
    add_verb,
    how_to_call,
    require_individual,
    say,
)
from autograder.errors import UserError

if TYPE_CHECKING:
    from autograder.rubric import Lab


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "handout",
        run,
        help="make what students get",
        description="Make the folder that students get from rubric.yaml and reference/: the program without the "
        "functions that students write, blank answers, drawings of the graphs, and the lab sheet from "
        "reference/handout.md. Without --out, also write the right answers into reference/. A handout that would give "
        "an answer away is refused; prose about names and numbers that the rubric no longer has is listed.",
        usage=how_to_call(
            "autograder handout --check",
            "autograder handout --notebook --lab my_lab",
            "autograder handout --roster export.csv --out handouts",
            done="the handout was made, or --check found no difference",
            others={DIFFERS: "--check found a difference"},
        ),
    )
    add_out(verb, "where to write it (default: student_template/ of the lab)", metavar="FOLDER")
    verb.add_argument("--check", action="store_true", help="write nothing; list the files that differ")
    verb.add_argument(
        "--notebook",
        action="store_true",
        help="write a notebook in place of the program (default: if the folder has one)",
    )
    add_roster(verb, "make a folder below --out for each student on this class list, with the student's own numbers")
    add_lab(verb)


def run(options: argparse.Namespace) -> int:
    """Make what students get from the rubric and the reference, or report what differs from it."""
    from autograder import rubric
    from autograder.authoring import handout
    from autograder.fileio import remedy

    the_lab = rubric.load(options.lab)
    if options.roster:
        return _individual_handouts(the_lab, options)
    folder: Path = options.out or the_lab.template
    as_notebook = options.notebook or handout.is_notebook(the_lab, folder)
    files = handout.make(the_lab, as_notebook=as_notebook)
    made = {folder: files} if options.out else {folder: files, the_lab.reference: handout.of_reference(the_lab)}
    changed = {each: handout.changed(texts, each) for each, texts in made.items()}
    if options.check:
        for each, names in changed.items():
            for name in names:
                say(f"differs    {each / name}")
        _show_outdated(the_lab)
        return DIFFERS if any(changed.values()) else DONE
    for each, texts in made.items():
        with remedy("name another place with --out"):
            handout.write(texts, each)
        for name in texts:
            say(f"{'written  ' if name in changed[each] else 'unchanged'}  {each / name}")
    for name in handout.others(files, folder):
        if as_notebook and name == the_lab.rubric.program:
            say(f"remove     {folder / name}, or students get the program twice")
            continue
        say(f"kept       {folder / name}, which is not made from rubric and reference")
    if missing := handout.without_sheet(the_lab):
        say(missing)
    _show_outdated(the_lab)
    return DONE


def _show_outdated(the_lab: "Lab") -> None:
    """Point out prose that does not fit the rubric any more."""
    from autograder.authoring import handout

    for sentence in handout.outdated(the_lab):
        say(f"look at    {sentence}")


def _individual_handouts(the_lab: "Lab", options: argparse.Namespace) -> int:
    from autograder import individual
    from autograder.authoring import handout
    from autograder.fileio import remedy
    from autograder.text import plural

    require_individual(the_lab)
    if options.check or not options.out:
        raise UserError("--roster makes a folder for each student; name a new folder for all of them with --out")
    make = partial(handout.make, as_notebook=options.notebook)
    students = individual.course(the_lab, class_list=options.roster)
    with remedy("name a new folder with --out"):
        made = individual.individual_handouts(
            students, options.out, lambda own, folder: handout.write(make(own), folder)
        )
    say(f"{options.out}: {plural(len(made), 'folder')}, and {individual.ROSTER} with every student's numbers")
    return DONE
