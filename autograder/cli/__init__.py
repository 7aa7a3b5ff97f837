"""The command line: a module for each verb; errors end in one sentence and an exit status."""

import argparse
import contextlib
import sys
import traceback

from autograder.cli import audit, build, classroom, doctor, grade, handout, individual, key, new, preview
from autograder.cli.options import FAILED, complain
from autograder.fileio import is_stdout

VERBS = (grade, classroom, key, handout, new, individual, audit, build, preview, doctor)


WRITTEN = ("out", "html", "results")  # options that name a file to write


def main(arguments: list[str] | None = None) -> int:
    """Run a verb; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="autograder", description="Mark a PyTorch lab on computation graphs and autograd."
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        verb.add(verbs)
    options = parser.parse_args(arguments)
    try:
        with _words_apart(options):
            return int(options.run(options))
    except KeyboardInterrupt:
        return complain("interrupted", 130)
    except Exception:
        traceback.print_exc()
        return complain("the grader itself failed, see above; this says nothing about the submission", FAILED)


def _words_apart(options: argparse.Namespace) -> contextlib.AbstractContextManager[object]:
    """Where a file goes to the standard output, all else that is said goes to stderr."""
    if any(is_stdout(getattr(options, name, None)) for name in WRITTEN):
        return contextlib.redirect_stdout(sys.stderr)
    return contextlib.nullcontext()
