"""How names and text of the student are shown inside a sentence: short, and printable whatever the bytes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from autograder.text import fit, isolated

_JOINERS = "\u200c\u200d"  # those that `fit` leaves


def printable(text: str, limit: int = 80) -> str:
    """The text on one line, in at most `limit` characters, with what cannot be shown as U+FFFD."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    # A lone surrogate (a file name that is not UTF-8) would otherwise break the writing of results.json.
    signs = (
        sign if sign.isprintable() or sign in _JOINERS else "\N{REPLACEMENT CHARACTER}" for sign in fit(text, limit)
    )
    return isolated("".join(signs))


def listed(names: Iterable[str], limit: int = 6) -> str:
    """The first names, separated by commas, and how many more there are."""
    every = list(names)
    shown = ", ".join(printable(name, 60) for name in islice(every, limit))
    return shown if len(every) <= limit else f"{shown} and {len(every) - limit} more"


def megabytes(size: int) -> str:
    """A size in bytes as megabytes, e.g. "1.4 MB"."""
    return f"{size / 1e6:.1f} MB"
