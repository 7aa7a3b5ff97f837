"""autograder audit: grade every known mistake, and report what the rubric misses."""

import argparse
from pathlib import Path

from autograder.cli.options import (
    AUDIT_FAILED,
    DONE,
    Verbs,
    add_lab,
    add_out,
    add_verb,
    at_least_0,
    at_least_1,
    how_to_call,
    seconds,
)


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "audit",
        run,
        help="test a rubric with every known mistake",
        description="Grade the reference, the template and every known mistake, one and two at a time, "
        "with the rubric's own checks, and report which mistakes lose no points. Hidden inputs are drawn many times: "
        "every draw has to reveal every mistake. Then grade wrong programs, made of the reference by one small change "
        "each, and report whether the feedback names the mistake and its line. What there is no time for is said.",
        usage=how_to_call(
            "autograder audit --out audit.html",
            "autograder audit --draws 1000 --seconds 0",
            "autograder audit --pairs 2000 --seconds 600 --lab labs/logistic_regression",
            done="the reference gets all points, and every mistake was detected",
            others={AUDIT_FAILED: "the reference lost points, a mistake went undetected, or time was up"},
        ),
    )
    add_out(verb, "also write a page for a browser")
    verb.add_argument(
        "--pairs",
        type=at_least_0,
        default=400,
        metavar="N",
        help="pairs of mistakes to try for each function (default: 400)",
    )
    verb.add_argument(
        "--draws",
        type=at_least_1,
        default=100,
        metavar="N",
        help="how many times to draw the hidden inputs (default: 100)",
    )
    verb.add_argument(
        "--programs",
        type=at_least_0,
        default=12,
        metavar="N",
        help="wrong programs to grade for each function, 0 for none (default: 12)",
    )
    verb.add_argument(
        "--seconds",
        type=seconds,
        default=100,
        metavar="N",
        help="how long to try, 0 for as long as it takes (default: 100)",
    )
    add_lab(verb)


def run(options: argparse.Namespace) -> int:
    """Grade every known mistake, and report what the rubric misses."""
    import tempfile

    from autograder import fileio, rubric
    from autograder.authoring.audit import run, show
    from autograder.sandbox.host.fork_server import ForkServer

    the_lab = rubric.load(options.lab)
    with ForkServer() as server, tempfile.TemporaryDirectory() as folder, fileio.remedy(fileio.TEMPORARY):
        draws, programs = max(1, options.draws), max(0, options.programs)
        seconds = max(0.0, options.seconds)
        found = run.run(the_lab, server, Path(folder), options.pairs, draws, programs, seconds)
    show.show(found)
    if options.out:
        with fileio.remedy("name another place with --out"):
            fileio.write_text(options.out, show.page(found))
    return DONE if found.holds else AUDIT_FAILED
