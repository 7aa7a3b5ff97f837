"""autograder worklist: list what needs a look in a class, and what was decided about it."""

import argparse
from pathlib import Path

from autograder.cli.options import DONE, Verbs, add_lab, add_out, add_verb, how_to_call, say


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "worklist",
        run,
        help="list what needs a look in a class, and what was decided",
        description="List what a person should look at in a class that was graded: near misses, warnings, programs and "
        "wrong numbers that agree, and submissions that could not be graded. Decide with `autograder override`: other "
        "points, or --leave. With --blind the list shows a code instead of each name and nothing of what was decided, "
        "for a second marker, who decides with `autograder override --second`.",
        usage=how_to_call(
            "autograder worklist grades --open",
            "autograder worklist grades --blind",
            "autograder worklist grades --out worklist.csv",
            done="the list was written",
        ),
    )
    verb.add_argument("folder", type=Path, metavar="CLASS", help="the folder that `autograder class` wrote")
    verb.add_argument("--open", action="store_true", help="only what is not decided")
    verb.add_argument("--blind", action="store_true", help="for a second marker: no names, no decisions but the second")
    add_out(verb, "write the list as CSV instead of printing it")
    add_lab(verb)


def run(options: argparse.Namespace) -> int:
    """List what needs a look in a class, and what was decided about it."""
    from autograder import fileio, roster, rubric
    from autograder.classroom.by_hand import worklist
    from autograder.classroom.handover.cells import text_cell

    found = worklist.worklist(rubric.load(options.lab), options.folder, blind=options.blind)
    summary = worklist.summary(found, blind=options.blind)
    shown = [each for each in found if not (options.open and (each.second if options.blind else each.first))]
    if options.out:
        rows = [[text_cell(cell) for cell in worklist.cells(each, blind=options.blind)] for each in shown]
        with fileio.remedy("name another place with --out"):
            fileio.write_text(options.out, roster.to_csv([worklist.HEADS, *rows], "\r\n"))
        say(f"{options.out}: {summary}")
        return DONE
    second = " --second" if options.blind else ""
    which = "CODE" if options.blind else "SUBMISSION"
    how = f"decide with: autograder override {options.folder} {which} [CHECK POINTS --reason TEXT | --leave]{second}"
    say("\n".join([*worklist.lines(shown, blind=options.blind), *(["", how] if shown else []), summary]))
    return DONE
