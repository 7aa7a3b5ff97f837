"""What the verbs share: exit statuses, the options that several verbs have, and how a message is printed."""

import argparse
import math
import os
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeAlias

from autograder.errors import FAULT_STATUS, USER_STATUS, UserError
from autograder.text import clean

if TYPE_CHECKING:
    from autograder.gradescope.metadata import Metadata
    from autograder.rubric import Lab

DONE, USAGE, FAILED, INTERRUPTED = 0, USER_STATUS, FAULT_STATUS, 130
DIFFERS = AUDIT_FAILED = 1
ROOT = Path(__file__).resolve().parents[2]  # the lab in this repository, used unless --lab names another
LONGEST = 4000  # characters of a message
WIDTH = 79  # of the help, in columns

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # to which each verb adds itself


def at_least_0(text: str) -> int:
    """A number of things on the command line."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("use a whole number, 0 or more")
    return int(text)


def at_least_1(text: str) -> int:
    """The same, of which there has to be one."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("use a whole number, 1 or more")
    return int(text)


def seconds(text: str) -> float:
    """A time on the command line."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found < math.inf:
        raise argparse.ArgumentTypeError("use a number of seconds, 0 or more")
    return found


def complain(sentence: str, status: int = USAGE) -> int:
    """Print to stderr what is wrong; returns the exit status."""
    print(f"autograder: {clean(sentence, LONGEST)}", file=sys.stderr)  # clean: anybody may have named a file in it
    return status


def say(text: str) -> None:
    """Print to stdout. If the reader has stopped reading, as `head` does, the rest goes nowhere."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        nowhere(sys.stdout)


def nowhere(stream: TextIO) -> None:
    """Let everything that is written to a stream from now on vanish."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def add_verb(
    verbs: Verbs, name: str, run: Callable[[argparse.Namespace], int], *, help: str, description: str, usage: str
) -> argparse.ArgumentParser:
    """Add a verb, all in one style.

    Args:
        verbs: the parsers of all verbs.
        name: the word on the command line.
        run: what the verb does with its options; returns the exit status.
        help: one line for the list of verbs.
        description: a few sentences for the verb's own help.
        usage: the end of that help, as `how_to_call` makes it.

    Returns:
        The verb's parser, for options of its own.
    """
    verb = verbs.add_parser(
        name,
        allow_abbrev=False,
        help=help,
        description=textwrap.fill(description, WIDTH),
        epilog=usage,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.set_defaults(run=run)
    return verb


def how_to_call(*examples: str, done: str, others: Mapping[int, str] | None = None) -> str:
    """Examples of a verb, and its exit statuses.

    Args:
        examples: whole command lines.
        done: what status 0 means.
        others: the meaning of statuses that only this verb has, or that mean more there.
    """
    usual = {DONE: done, USAGE: "an option or a file needs fixing; the message says which and how"}
    statuses = {**usual, FAILED: "the grader itself failed", **(others or {})}
    lines = [f"  {status:<4} {statuses[status]}" for status in sorted(statuses)]
    return "\n".join(["examples:", *(f"  {example}" for example in examples), "", "exit status:", *lines])


def add_lab(verb: argparse.ArgumentParser, holds: str = "rubric.yaml and reference/") -> None:
    """Add --lab. holds: what the verb needs in that folder."""
    verb.add_argument(
        "--lab",
        type=Path,
        default=ROOT,
        metavar="FOLDER",
        help=f"the lab: a folder with {holds} (default: the lab in this repository)",
    )


def which_lab(folder: Path) -> list[str]:
    """The option --lab of a command to repeat; nothing for the default."""
    return [] if folder == ROOT else ["--lab", str(folder)]


def add_out(
    verb: argparse.ArgumentParser,
    help: str,
    *,
    metavar: str = "FILE",
    default: Path | None = None,
    required: bool = False,
) -> None:
    """Add --out. help: what the verb writes there."""
    verb.add_argument("--out", type=Path, metavar=metavar, default=default, required=required, help=help)


def add_device(verb: argparse.ArgumentParser) -> None:
    """Add --device."""
    verb.add_argument(
        "--device",
        metavar="DEVICE",
        help="where PyTorch computes: auto, cpu, cuda, cuda:N or mps (default: the rubric's `device`)",
    )


def add_roster(verb: argparse.ArgumentParser, help: str, *, required: bool = False) -> None:
    """Add --roster. help: what the verb does with the class list."""
    verb.add_argument("--roster", type=Path, metavar="CSV", required=required, help=help)


def add_student(verb: argparse.ArgumentParser, help: str) -> None:
    """Add --student. help: what the verb does for that student."""
    verb.add_argument("--student", default="", metavar="WHO", help=help)


def require_individual(lab: "Lab") -> None:
    """Raise UserError unless the lab gives each student their own numbers."""
    if not lab.rubric.individual:
        raise UserError(
            f"{lab.folder / 'rubric.yaml'}: all students have the same numbers; "
            "set `individual: true` to give each student their own"
        )


def require_student(lab: "Lab", student: "Metadata", submission: Path) -> None:
    """Raise UserError if the numbers of a submission depend on its student, and nobody has said who that is."""
    if lab.rubric.individual and not student.people and submission.resolve() != lab.reference.resolve():
        raise UserError("each student has their own numbers; say whose submission this is with --student")
