"""What the cells of all gradebooks have in common."""

import re

from autograder.roster import escape_formulas
from autograder.text import fit

COULD_BE_FORMULA = "could be a formula in a spreadsheet"
LONGEST = 2000  # characters of a cell
BOM = "\ufeff"  # Excel takes a CSV file for UTF-8 only if it begins with this

# An address or a number that begins with a sign. A spreadsheet may take it for a formula, but one without functions,
# calls or separators, which computes a number, shows another cell or is an error.
_SIGNED = re.compile(r"[+-][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|[+-][A-Za-z0-9._]+")


def text_cell(text: str) -> str:
    """Text on one line that no spreadsheet takes for a formula."""
    return escape_formulas(" ".join(fit(text, LONGEST).split()))


def identifying_cell(text: str) -> str | None:
    """An email or an ID as it is, because the importer looks for exactly this; None if that could be a formula."""
    line = " ".join(fit(text, LONGEST).split())
    return line if _SIGNED.fullmatch(line) or escape_formulas(line) == line else None


def number_cell(points: float | None, none: str = "") -> str:
    """Points with a decimal point and at most two decimals; `none` if there is no grade."""
    return none if points is None else f"{points:.2f}".rstrip("0").rstrip(".")
