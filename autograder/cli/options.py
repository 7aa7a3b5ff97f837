"""What the verbs share: exit statuses, and the one sentence that an error is told in."""

import argparse
import sys
from pathlib import Path
from typing import TypeAlias

from autograder.text import clean

MARKED, AUDIT_FAILED, USAGE, FAILED = 0, 1, 2, 3
DIFFERS = 1
ROOT = Path(__file__).resolve().parents[2]  # of this lab, where no other is named
SAME_NUMBERS = "{rubric}: all students have the same numbers; set `individual: true` to give everybody their own"

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # to which each verb adds itself


LONGEST = 4000  # characters of a complaint


def complain(sentence: str, status: int = USAGE) -> int:
    """Tell what is wrong; returns the exit status."""
    print(f"autograder: {clean(sentence, LONGEST)}", file=sys.stderr)  # names of files may be anybody's
    return status
