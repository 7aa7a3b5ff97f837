"""The credit of one quantity over several inputs, and what is said of it."""

import math

import pytest

from autograder.checks.comparison import Comparison
from autograder.checks.score import credit, finding, in_words

RIGHT, WRONG, ZERO = Comparison("right"), Comparison("value", "is wrong", 3.0), Comparison("right", trivial=True)
FOLLOWS = Comparison("follows", "follows from an earlier value of yours", 3.0)
LUCK = Comparison("right", value=3.0)  # the number of WRONG, for inputs at which it happens to be right


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
        ([ZERO, ZERO], 1),
        ([ZERO, FOLLOWS, WRONG], pytest.approx(1 / 3)),
        ([RIGHT, WRONG, WRONG, WRONG], 0.125),
        ([None, WRONG], 0),
        ([LUCK, WRONG], 0),  # one number for all inputs
        ([WRONG, LUCK, WRONG, None], 0),
        ([LUCK, LUCK, WRONG], pytest.approx(1 / 3)),  # the derivative of a ReLU is 1 for most inputs
        ([LUCK, Comparison("value", "is wrong", 3.5)], 0.25),
        ([LUCK, None], 0.5),
        ([LUCK, LUCK], 1),
    ],
)
def test_credit(found: list[Comparison | None], share: float) -> None:
    assert credit(found, 0.5, 1.0) == share


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (["published"], "the lab's numbers"),
        (["dead"], "1 other set of numbers"),
        (["published", "too_low", "too_high"], "the lab's numbers and 2 other sets of numbers"),
    ],
)
def test_what_a_function_is_called_with(inputs: list[str], words: str) -> None:
    assert in_words(inputs) == words


ONE, OTHER = (True,), (False,)  # kinds of inputs


@pytest.mark.parametrize(
    ("found", "kinds", "share"),
    [
        ([RIGHT, RIGHT, None, RIGHT], [ONE, ONE, ONE, ONE], 0.375),  # as if it were wrong
        ([RIGHT, RIGHT, WRONG, RIGHT], [ONE, ONE, ONE, ONE], 0.375),
        ([RIGHT, FOLLOWS, None, RIGHT], [OTHER, ONE, ONE, OTHER], 0.375),
        ([RIGHT, RIGHT, None, RIGHT], [ONE, ONE, OTHER, ONE], 0.75),  # a kind at which a program may well fail
        ([RIGHT, RIGHT, WRONG, None], [ONE, ONE, ONE, OTHER], 0.25),
        ([None, None], [ONE, ONE], 0),
    ],
)
def test_no_answer_is_worth_no_more_than_a_wrong_one(
    found: list[Comparison | None], kinds: list[tuple[bool, ...]], share: float
) -> None:
    assert credit(found, 0.5, 1.0, kinds) == share


@pytest.mark.parametrize(
    ("found", "show", "text"),
    [
        ([RIGHT], True, "✓ q"),
        ([RIGHT, None], False, "~ q: right wherever there was a result"),
        ([WRONG], True, "✗ q: your 3 is wrong"),
        ([WRONG], False, "✗ q: is wrong"),
        ([RIGHT, WRONG, WRONG], False, "~ q: right for 1 of 3 sets of numbers; for the others it is wrong"),
        ([WRONG, WRONG], False, "✗ q: does not change with the inputs: compute it from the parameters"),
        ([LUCK, WRONG, WRONG], False, "✗ q: does not change with the inputs: compute it from the parameters"),
        ([ZERO, WRONG], False, "✗ q: is wrong"),
        ([RIGHT, FOLLOWS], False, "↳ q: follows from an earlier value of yours"),
        ([Comparison("sign", "has the wrong sign", -1.0)] * 2, False, "✗ q: has the wrong sign"),
        ([WRONG, Comparison("sign", "has the wrong sign", -1.0)], False, "✗ q: is wrong"),
        ([Comparison("coarse", "is right but rounded", 1.0)], True, "✓ q: is right but rounded"),
    ],
)
def test_what_is_said(found: list[Comparison | None], show: bool, text: str) -> None:
    assert str(finding("q", found, show_value=show)) == text


@pytest.mark.parametrize(
    ("right_on_some", "follow_through", "found", "share"),
    [
        (0.2, 1.0, [RIGHT, WRONG], 0.1),
        (1.0, 1.0, [RIGHT, WRONG], 0.5),
        (0.5, 0.4, [RIGHT, FOLLOWS], 0.7),
        (0.5, 0.0, [RIGHT, FOLLOWS, WRONG, WRONG], 0.125),
    ],
)
def test_credit_is_what_the_rubric_gives(
    right_on_some: float, follow_through: float, found: list[Comparison | None], share: float
) -> None:
    assert credit(found, right_on_some, follow_through) == pytest.approx(share)


FACTOR = Comparison("factor", "is off by a constant factor", 4.0)
KIND, SIZE = Comparison("kind", "is a text, not a number"), Comparison("size", "is a list of 2 values, not a number")
GONE = Comparison("missing", "is missing")


@pytest.mark.parametrize(
    ("found", "show", "explained", "text"),
    [
        ([FACTOR], True, False, "✗ q: your 4 is off by a constant factor"),
        ([FACTOR], True, True, "✗ q: your 4 is wrong"),  # beside a diagnosis nothing is guessed
        ([Comparison("near", "is close", 4.0)], True, True, "✗ q: your 4 is wrong"),
        ([Comparison("sign", "has the wrong sign", 4.0)], True, True, "✗ q: your 4 has the wrong sign"),
        ([FACTOR] * 2, False, False, "✗ q: is off by a constant factor"),
        ([KIND], True, True, "✗ q: is a text, not a number"),
        ([KIND], False, False, "✗ q: has the wrong type or size"),
        ([SIZE], False, True, "✗ q: has the wrong type or size"),
        ([KIND, SIZE], False, False, "✗ q: has the wrong type or size"),
        ([KIND, SIZE], True, False, "✗ q: is wrong"),
        ([WRONG, WRONG], False, True, "✗ q: is wrong"),
        ([WRONG, Comparison("value", "is wrong", 3.5)], False, False, "✗ q: is wrong"),
        ([WRONG, None], False, False, "✗ q: is wrong"),
        ([Comparison("zero", "is 0 and should not be", 0.0)] * 2, True, False, "✗ q: is 0 and should not be"),
        ([Comparison("not finite", "is infinite", math.inf)], True, False, "✗ q: is infinite"),
        ([GONE, GONE], False, False, "✗ q: is missing"),
        (
            [RIGHT, RIGHT, WRONG, None],
            False,
            False,
            "~ q: right for 2 of 3 sets of numbers; for the others it is wrong",
        ),
        ([ZERO, RIGHT, WRONG], False, False, "~ q: right for 2 of 3 sets of numbers; for the others it is wrong"),
        ([RIGHT, FOLLOWS, WRONG], False, False, "~ q: right for 2 of 3 sets of numbers; for the others it is wrong"),
        ([RIGHT, FACTOR], False, True, "~ q: right for 1 of 2 sets of numbers; for the others it is wrong"),
        ([None, None], False, False, "~ q: right wherever there was a result"),
        ([FOLLOWS, None], False, False, "↳ q: follows from an earlier value of yours"),
        ([Comparison("value", "is wrong", 1234567.0)], True, False, "✗ q: your 1.23457e+06 is wrong"),
    ],
)
def test_what_is_said_of_a_wrong_value(found: list[Comparison | None], show: bool, explained: bool, text: str) -> None:
    assert str(finding("q", found, show_value=show, explained=explained)) == text
