"""autograder gradebook: write the grades of a class for a platform's importer."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.options import DONE, Verbs, add_out, add_roster, add_verb, complain, how_to_call, say
from autograder.errors import UserError

if TYPE_CHECKING:
    from autograder.classroom.handover.gradebook import Gradebook

PLATFORMS = ("canvas", "moodle", "gradescope", "csv")


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "gradebook",
        run,
        help="write a class's grades for Canvas, Moodle, Gradescope or a spreadsheet",
        description="Write the grades of a class that was graded as a file that a platform imports: one row for each "
        "person, members of a group too. Decisions in overrides.yaml count. Whoever has no grade has an empty cell, "
        "not 0.",
        usage=how_to_call(
            "autograder gradebook grades --for csv",
            "autograder gradebook grades --for canvas --roster canvas_gradebook.csv --assignment 'Lab 4 (4711)'",
            "autograder gradebook grades --for moodle --roster participants.csv --feedback feedback.zip",
            done="the file was written; remarks about single people are on stderr",
        ),
    )
    verb.add_argument("folder", type=Path, metavar="CLASS", help="the folder that `autograder class` wrote")
    verb.add_argument("--for", dest="platform", choices=PLATFORMS, required=True, help="what reads the file")
    add_roster(verb, "the people who get a row, in this order: a class list, or the gradebook that Canvas exports")
    add_out(verb, "the file (default: gradebook.csv in the folder of the class)")
    verb.add_argument(
        "--assignment", default="", metavar="NAME", help="heading of the grades (default: the lab's name)"
    )
    verb.add_argument(
        "--feedback", type=Path, metavar="ZIP", help="with --for moodle: also write a zip of feedback files for Moodle"
    )


def run(options: argparse.Namespace) -> int:
    """Write the grades of a class for a platform's importer."""
    from autograder import fileio, roster
    from autograder.classroom.handover import gradebook, moodle
    from autograder.text import plural

    if options.feedback and options.platform != "moodle":
        raise UserError("--feedback makes a zip for Moodle; add --for moodle")
    out = options.out or options.folder / "gradebook.csv"
    gradebook.check_target(out, options.folder, options.roster)
    book = gradebook.collect(options.folder, roster.read(options.roster) if options.roster else None)
    text, remarks = rendered(book, options.platform, options.assignment or book.lab)
    zipped = b""
    if options.feedback:
        gradebook.check_pages(options.folder)
        zipped, more = moodle.feedback_zip(options.folder, book)
        remarks += more
    with fileio.remedy("name another place with --out"):
        fileio.write_text(out, text)
    if options.feedback:
        with fileio.remedy("name another place with --feedback"):
            fileio.write_bytes(options.feedback, zipped)
    for remark in (*book.remarks, *remarks):
        complain(remark)
    say(counted(out, book))
    if options.feedback:
        say(f"{options.feedback}: {plural(moodle.files_in(zipped), 'feedback page')}")
    return DONE


def counted(out: Path, book: "Gradebook") -> str:
    """How many people have a grade in a file, in a line."""
    from autograder.classroom import summary

    graded = sum(row.total is not None for row in book.rows)
    without = len(book.rows) - graded
    return f"{out}: {summary.people(len(book.rows))}, {graded} with a grade" + (
        f", {without} without" if without else ""
    )


def rendered(book: "Gradebook", platform: str, assignment: str) -> tuple[str, list[str]]:
    """The file for a platform, and remarks about it."""
    from autograder.classroom.handover import canvas, gradescope, moodle, spreadsheet

    if platform == "canvas":
        return canvas.render(book, assignment), canvas.remarks(book, assignment)
    if platform == "moodle":
        return moodle.render(book, assignment)
    return gradescope.render(book) if platform == "gradescope" else (spreadsheet.render(book), [])
