"""autograder override: set points by hand, with a reason, or write a comment for a student."""

import argparse
import math
from pathlib import Path

from autograder.cli.options import DONE, Verbs, add_verb, how_to_call, say
from autograder.errors import UserError


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "override",
        run,
        help="set points by hand, with a reason, or leave them as they are",
        description="Set the points of a check, or the total, of one submission in a class that was graded, or write a "
        "comment for the student, or note that you looked and leave the points as they are. The decision goes into "
        "overrides.yaml in the folder of the class, where it outlasts --resume and changes of the rubric. "
        "`autograder class … --resume` writes it into grades.csv and all pages; `autograder gradebook` counts it at "
        "once.",
        usage=how_to_call(
            'autograder override grades ada@example.edu 5.2 10 --reason "The sign follows the lab sheet."',
            'autograder override grades ada@example.edu total 80 --reason "Graded on paper." --by "J. Doe"',
            'autograder override grades ada@example.edu --comment "See me about task 2."',
            "autograder override grades submission_7 3.2 --leave",
            "autograder override grades ada@example.edu 5.2 --remove",
            done="the decision was written",
        ),
    )
    verb.add_argument("folder", type=Path, metavar="CLASS", help="the folder that `autograder class` wrote")
    verb.add_argument(
        "who",
        metavar="WHO",
        help="email or student ID, or the submission as in grades.csv; with --second also a code of worklist --blind",
    )
    verb.add_argument("check", nargs="?", default="", metavar="CHECK", help="number of the check, or total")
    verb.add_argument("points", nargs="?", type=_number, metavar="POINTS", help="the points instead")
    verb.add_argument("--reason", default="", metavar="TEXT", help="why; the student sees it")
    verb.add_argument("--comment", default="", metavar="TEXT", help="a comment for the student")
    verb.add_argument("--by", default="", metavar="NAME", help="who decided (default: your user name)")
    verb.add_argument("--extra", action="store_true", help="allow more points than the maximum")
    verb.add_argument(
        "--leave", action="store_true", help="the points stay as they are, of CHECK or of the whole submission"
    )
    verb.add_argument(
        "--second", action="store_true", help="a second marker's decision: noted beside the first, no grade changes"
    )
    verb.add_argument("--remove", action="store_true", help="remove the decision about WHO and CHECK")


def run(options: argparse.Namespace) -> int:
    """Set points by hand, with a reason, or write a comment for a student."""
    from datetime import datetime

    from autograder.classroom import store
    from autograder.classroom.by_hand import decide, overrides

    store.ids(options.folder)  # raises NoClass
    file = overrides.SECOND if options.second else overrides.FILE
    if options.remove:
        decide.remove(options.folder, overrides.Override(options.who, options.check, leave=options.leave), file)
        say(f"{options.folder / file}: removed")
    else:
        _complete(options)
        when = datetime.now().strftime("%Y-%m-%d %H:%M")
        entry = overrides.Override(
            *(options.who, options.check, options.points, options.reason, options.comment),
            *(options.extra, options.leave),
            by=options.by or _user(),
            when=when,
        )
        say(decide.decide(options.folder, entry, file))
    if not options.second:
        say("run `autograder class` with --resume to bring grades.csv and the pages up to date")
    return DONE


def _complete(options: argparse.Namespace) -> None:
    """Raise UserError if something is missing, or too much."""
    if options.leave and (options.points is not None or options.check == "total"):
        what = "points" if options.points is not None else "total"
        raise UserError(f"--leave keeps the points that the grader gave; give either {what} or --leave")
    if not options.check and not options.comment.strip() and not options.leave:
        raise UserError("nothing to write; give CHECK and POINTS with --reason, or --comment, or --leave")
    if options.check and options.points is None and not options.leave:
        raise UserError(f"the points for {options.check} are missing; give them after it, or --leave")
    if options.points is not None and not options.reason.strip():
        raise UserError('the reason is missing; give it with --reason "…", the student sees it')


def _user() -> str:
    """The name of whoever runs this; "" where the system has none."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return number
