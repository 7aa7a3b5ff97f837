"""Text from students and files, made safe to show in a terminal, a page, a table or JSON; and joined names.

Four kinds of characters are replaced by U+FFFD, so that a reader sees that something was there:

- control characters, which a terminal obeys;
- surrogates, which cannot be written to a file;
- format characters (Unicode category Cf), which reorder or hide their neighbors;
- other characters that are never visible, in which a message can hide.

Two format characters stay where ordinary text needs them: the joiners U+200C and U+200D between two characters beyond
ASCII, as in Persian and Sinhala names and in emoji. They change the shape of their neighbors, never the order.

Right-to-left letters stay too, because names consist of them. They would pull the signs and numbers beside them into
their own direction, so each run of them is surrounded by an invisible mark (U+200E, "left to right"). Unlike a pair of
isolates, marks do no harm when a text is cut between them.
"""

import re
from collections.abc import Iterable, Sequence

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_MARK = "\N{LEFT-TO-RIGHT MARK}"
_JOINERS = "\u200c\u200d"
# Blocks whose characters Unicode's bidirectional algorithm treats as right-to-left (R, AL, AN), unassigned ones too.
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff"
# The characters in brackets may stand between two words, of a name for example. No comma: it often separates two texts.
_RUN = re.compile(f"[{_RTL}]+(?:[ \u00a0'’.\u200c\u200d-]{{1,3}}[{_RTL}]+)*")
_MARKS = re.compile(f"(?<=[{_RTL}]){_MARK}|{_MARK}(?=[{_RTL}])")

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029"
_FORMATS = (
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\U000e0000-\U000e0fff"
_BEYOND_ASCII = "[^\x00-\x7f\u200c\u200d]"
_UNSAFE = re.compile(
    f"[{_CONTROLS}{_FORMATS}{_INVISIBLE}]|(?<!{_BEYOND_ASCII})[\u200c\u200d]|[\u200c\u200d](?!{_BEYOND_ASCII})"
)
_STACKED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]{3})[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]+"
)


def clean(text: str, limit: int = 500) -> str:
    """Return `text` safe to show beside other text: `fit` to be shown, and `isolated`. Clean text is left unchanged.

    limit: the maximum number of characters, not counting the marks around right-to-left letters.
    """
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text  # nearly always
    return isolated(fit(text, limit))


def fit(text: str, limit: int = 500) -> str:
    """Return `text` with unsafe characters replaced, in at most `limit` characters, and without marks: names in this
    form can be compared."""
    text = _MARKS.sub("", text.replace("\r\n", "\n")[: 8 * limit])
    text = _STACKED.sub(r"\1", _UNSAFE.sub(_REPLACEMENT, text))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def isolated(text: str) -> str:
    """Return `text` with a left-to-right mark before and after each run of right-to-left letters."""
    return text if text.isascii() else _RUN.sub(rf"{_MARK}\g<0>{_MARK}", _MARKS.sub("", text))


def printable(text: str, limit: int = 80) -> str:
    """Return `text` as `clean` does, but on one line, so that it can stand inside a sentence."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    # A file name that is not UTF-8 holds lone surrogates, which would break the writing of results.json.
    return isolated(
        "".join(each if each.isprintable() or each in _JOINERS else _REPLACEMENT for each in fit(text, limit))
    )


def join_names(names: Sequence[str]) -> str:
    """Join names as a sentence does: "x", "x and y", "x, y and w"."""
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last


def join_first(texts: Sequence[str], limit: int = 6, separator: str = ", ") -> str:
    """Join the first `limit` texts and count the others: "a, b and 2 more"; separated by "; ": "a; b; and 2 more"."""
    shown = separator.join(texts[:limit])
    return shown if len(texts) <= limit else f"{shown}{separator.strip(', ')} and {len(texts) - limit} more"


def list_names(names: Iterable[str], limit: int = 6) -> str:
    """Join the first names that a student chose, of files for example: each printable, 60 characters at most."""
    return join_first([printable(name, 60) for name in names], limit)


def is_number(text: str) -> bool:
    """Whether a text is a number as Python reads it."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def plural(number: float, noun: str) -> str:
    """Count things: "1 answer", "2.5 points"."""
    return f"{number:.12g} {noun}{'' if number == 1 else 's'}"


def megabytes(size: int) -> str:
    """Write a size in bytes as megabytes: "1.4 MB"."""
    return f"{size / 1e6:.1f} MB"
