"""Splits the arithmetic that students write into numbers, names and signs, in any common spelling."""

import re

from autograder.graph import OPERATIONS
from autograder.text import printable

_SPELLINGS = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d", "-"),
        **dict.fromkeys("\u00d7\u00b7\u22c5\u2219\u2022\u2217\u2715", "*"),
        **dict.fromkeys("\u00f7\u2215\u2044", "/"),
        **dict.fromkeys("\u2248\u2245\u2243", "="),
        **dict.fromkeys("\u00a0\u2009\u202f", " "),
        "\uff0b": "+",
        "\u221a": " sqrt ",
        "\u03c0": " pi ",
        # A sign is set apart from what stands before it: "2σ(1)".
        **{sign: f" {each.name} " for each in OPERATIONS.values() for sign in each.spellings if not sign.isascii()},
    }
)
_SUPERSCRIPTS = str.maketrans(
    "\u207a\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "+-0123456789"
)
_RAISED = re.compile("[\u207a\u207b]?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9.,]*[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d][\w\u0302]*)|(?P<sign>\*\*|[-+*/^()%;]))"
)
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|[0-9]*[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")


class ArithmeticProblem(ValueError):
    """The text is not a number, and not arithmetic that can be read; str() is one sentence for the student."""


class UnknownName(ArithmeticProblem):
    """A name or symbol without a known value, such as `y_hat` in "y_hat = 2"."""

    def __init__(self, name: str) -> None:
        super().__init__(f"'{printable(name, 30)}' was not understood; write a number or arithmetic.")


def plain_spelling(text: str) -> str:
    """The text with every common way to write a sign (Unicode minus, times, root, square) as plain ASCII."""
    # The space keeps "3\u00b24" from being read as 3^24.
    return _RAISED.sub(lambda raised: f"^{raised[0].translate(_SUPERSCRIPTS)} ", text).translate(_SPELLINGS)


def tokens(text: str) -> list[tuple[str, str]]:
    """The tokens of the text as ("number" | "name" | "sign", text), followed by ("end", "").

    Raises ArithmeticProblem at the first character that does not start a token.
    """
    found: list[tuple[str, str]] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position, end)
        if match is None:
            rest = text[position:end].strip()
            if rest[0] in ".,":
                raise ArithmeticProblem(f"The '{rest[0]}' is not part of a number; remove it.")
            raise UnknownName(rest)
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        position = match.end()
    return [*found, ("end", "")]


def number(text: str) -> float:
    """A decimal number with a point or a comma; infinite if it is too large for a float.

    Raises ArithmeticProblem if points and commas make it ambiguous ("1,000.5", "8.0.").
    """
    if _NUMBER.fullmatch(text) is not None:
        return float(text.replace(",", "."))
    shown = printable(text, 30)
    if "," in text:
        raise ArithmeticProblem(f"The comma in '{shown}' is unclear; write one point, as in 0.16.")
    raise ArithmeticProblem(f"'{shown}' has too many points; write a number such as 8.0.")
