"""The credit of one quantity over several inputs, and what is said of it."""

import pytest

from autograder.checks.compare import Comparison
from autograder.checks.tally import credit, finding

RIGHT, WRONG, ZERO = Comparison("right"), Comparison("value", "is wrong", 3.0), Comparison("right", trivial=True)
FOLLOWS = Comparison("follows", "follows from an earlier value of yours", 3.0)


@pytest.mark.parametrize(
    ("found", "share"),
    [
        ([RIGHT, RIGHT], 1),
        ([RIGHT, None], 0.5),  # an input without an answer loses its share, and no more
        ([RIGHT, WRONG], 0.25),  # right for some and wrong for others: half of that
        ([WRONG, WRONG], 0),
        ([None, None], 0),
        ([ZERO, RIGHT], 1),
        ([ZERO, WRONG], 0),  # right only where the right value is 0
        ([ZERO, RIGHT, WRONG, None], 0.25),
        ([RIGHT, FOLLOWS], 1),
        ([FOLLOWS, WRONG], 0.25),
    ],
)
def test_credit(found: list[Comparison | None], share: float) -> None:
    assert credit(found, 0.5, 1.0) == share


@pytest.mark.parametrize(
    ("found", "show", "text"),
    [
        ([RIGHT], True, "✓ q"),
        ([RIGHT, None], False, "~ q: right wherever there was an answer"),
        ([WRONG], True, "✗ q: your 3 is wrong"),
        ([WRONG], False, "✗ q: is wrong"),
        ([RIGHT, WRONG, WRONG], False, "~ q: right for 1 of 3 sets of numbers, elsewhere it is wrong"),
        ([WRONG, WRONG], False, "✗ q: does not change with the inputs: compute it from the parameters"),
        ([ZERO, WRONG], False, "✗ q: is wrong"),
        ([RIGHT, FOLLOWS], False, "↳ q: follows from an earlier value of yours"),
        ([Comparison("sign", "has the wrong sign", -1.0)] * 2, False, "✗ q: has the wrong sign"),
        ([WRONG, Comparison("sign", "has the wrong sign", -1.0)], False, "✗ q: is wrong"),
        ([Comparison("coarse", "is right but rounded", 1.0)], True, "✓ q: is right but rounded"),
    ],
)
def test_what_is_said(found: list[Comparison | None], show: bool, text: str) -> None:
    assert str(finding("q", found, show_value=show)) == text
