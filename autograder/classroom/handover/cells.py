"""What the cells of all gradebooks have in common."""

from autograder.roster import escape_formulas
from autograder.text import fit

LONGEST = 2000  # characters of a cell
BOM = "\ufeff"  # Excel takes a CSV file for UTF-8 only if it begins with this


def text_cell(text: str) -> str:
    """Text on one line that no spreadsheet takes for a formula."""
    return escape_formulas(" ".join(fit(text, LONGEST).split()))


def number_cell(points: float | None, none: str = "") -> str:
    """Points with a decimal point and at most two decimals; `none` if there is no grade."""
    return none if points is None else f"{points:.2f}".rstrip("0").rstrip(".")
