"""The command line: one module for each verb, and one place that turns errors into a sentence and an exit status."""

import argparse
import contextlib
import sys
import traceback

from autograder.cli import (
    audit,
    build,
    classroom,
    course,
    doctor,
    grade,
    gradebook,
    handout,
    individual,
    key,
    new,
    override,
    preview,
    watch,
    worklist,
)
from autograder.cli.options import FAILED, INTERRUPTED, complain
from autograder.errors import GraderFault, UserError
from autograder.fileio import is_stdout

VERBS = (
    *(grade, watch, classroom, worklist, override, gradebook, course),
    *(key, handout, new, individual, audit, build, preview, doctor),
)
WRITTEN = ("out", "html", "results")  # options that name a file to write


def main(arguments: list[str] | None = None) -> int:
    """Run a verb; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="autograder", description="Grade PyTorch labs on computation graphs and autograd."
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    for verb in VERBS:
        verb.add(verbs)
    options = parser.parse_args(arguments)
    try:
        with _messages_apart(options):
            return int(options.run(options))
    except UserError as error:
        return complain(str(error))
    except GraderFault as error:
        return complain(f"the grader itself failed: {error}", FAILED)
    except KeyboardInterrupt:
        return complain("interrupted", INTERRUPTED)
    except Exception:
        traceback.print_exc()
        return complain("the grader itself failed, see above; the submission is not to blame", FAILED)


def _messages_apart(options: argparse.Namespace) -> contextlib.AbstractContextManager[object]:
    """Messages go to stderr where a file goes to the standard output."""
    if any(is_stdout(getattr(options, name, None)) for name in WRITTEN):
        return contextlib.redirect_stdout(sys.stderr)
    return contextlib.nullcontext()
