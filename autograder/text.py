"""Text that others wrote, made fit to be shown in a terminal, a page, a table or JSON.

Four kinds of character do not pass: control characters, which a terminal obeys; surrogates, which cannot be written;
format characters (Unicode category Cf), which reorder or hide what is beside them; and others that are never visible,
in which a message can hide. Each becomes U+FFFD, so that one sees that something was there.

Two format characters stay where ordinary text needs them: the joiners U+200C and U+200D between two characters beyond
ASCII, as in Persian and Sinhala names and in emoji. They change the form of their neighbors and never the order.

Letters written from right to left stay too, because names consist of them. They would draw the signs and numbers beside
them into their own direction, so a mark that is never visible (U+200E, "left to right") is set before and after each
run of them. Unlike a pair of isolates, marks do no harm when a text is cut between them.
"""

import re

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_MARK = "\N{LEFT-TO-RIGHT MARK}"
# Blocks whose characters Unicode's bidirectional algorithm treats as right-to-left (R, AL, AN), unassigned ones too.
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff"
# What may stand between two words of one name, say. No comma: it often separates two texts.
_RUN = re.compile(f"[{_RTL}]+(?:[ \u00a0'’.\u200c\u200d-]{{1,3}}[{_RTL}]+)*")
_MARKS = re.compile(f"(?<=[{_RTL}]){_MARK}|{_MARK}(?=[{_RTL}])")

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029"
_FORMATS = (
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\U000e0000-\U000e0fff"
_BEYOND_ASCII = "[^\x00-\x7f\u200c\u200d]"
_UNFIT = re.compile(
    f"[{_CONTROLS}{_FORMATS}{_INVISIBLE}]|(?<!{_BEYOND_ASCII})[\u200c\u200d]|[\u200c\u200d](?!{_BEYOND_ASCII})"
)
_STACKED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]{3})[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]+"
)


def clean(text: str, limit: int = 500) -> str:
    """`text` fit to be shown beside other text: as `fit` makes it, and with marks around right-to-left letters.

    limit: characters at most, not counting these marks. The result of `clean` is left unchanged by it.
    """
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text  # nearly always
    return isolated(fit(text, limit))


def fit(text: str, limit: int = 500) -> str:
    """`text` without characters that must not be shown, as a name that is compared: at most `limit` characters."""
    text = _MARKS.sub("", text.replace("\r\n", "\n")[: 8 * limit])
    text = _STACKED.sub(r"\1", _UNFIT.sub(_REPLACEMENT, text))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def isolated(text: str) -> str:
    """`text` with a mark before and after each run of right-to-left letters that has none yet."""
    return text if text.isascii() else _RUN.sub(rf"{_MARK}\g<0>{_MARK}", _MARKS.sub("", text))
