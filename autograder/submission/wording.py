"""How names and text of the student are shown inside a sentence: short, and printable whatever the bytes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice


def printable(text: str, limit: int = 80) -> str:
    """The text in at most `limit` characters, with what cannot be printed shown as U+FFFD."""
    head = text if len(text) <= limit else text[: limit - 1] + "…"
    # A lone surrogate (a file name that is not UTF-8) would otherwise break the writing of results.json.
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in head)


def listed(names: Iterable[str], limit: int = 6) -> str:
    """The first names, separated by commas, and how many more there are."""
    every = list(names)
    shown = ", ".join(printable(name, 60) for name in islice(every, limit))
    return shown if len(every) <= limit else f"{shown} and {len(every) - limit} more"


def megabytes(size: int) -> str:
    """A size in bytes as megabytes, e.g. "1.4 MB"."""
    return f"{size / 1e6:.1f} MB"
