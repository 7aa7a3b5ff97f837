"""When answers count as somebody else's: all that tells the two apart has to agree with the other one's."""

import pytest

from autograder.individual.matching_answers import Filled
from autograder.rubric import Tolerance

RIGHT = {"y_hat": 2.0, "s": 1.0, "loss": 1.0, "d": 0.0}
THEIRS = {"y_hat": 3.0, "s": 2.0, "loss": 4.0, "d": 0.0}
TOLERANCES = dict.fromkeys(RIGHT, Tolerance(0.01, 1e-6))


def filled(**given: float) -> Filled:
    return Filled(given, RIGHT, TOLERANCES)


@pytest.mark.parametrize(
    ("given", "wrong", "theirs"),
    [
        ({"y_hat": 3.0, "s": 2.0, "loss": 4.0}, True, True),
        ({"y_hat": 3.0, "s": 2.0}, True, True),
        ({"y_hat": 3.0}, True, False),  # one may agree by chance
        ({"y_hat": 3.0, "d": 0.0}, True, False),
        ({"y_hat": 3.0, "s": 2.0, "d": 7.0}, True, True),  # what both have the same tells nothing
        ({"y_hat": 3.0, "s": 1.0}, True, False),
        ({"y_hat": 3.02, "s": 2.01}, True, True),
        ({"y_hat": 3.04, "s": 2.0}, True, False),
        ({"y_hat": 2.0, "s": 1.0}, False, False),
        ({"y_hat": 2.019, "s": 1.0}, False, False),
        ({}, False, False),
    ],
)
def test_whose_answers_they_are(given: dict[str, float], wrong: bool, theirs: bool) -> None:
    found = filled(**given)
    assert (found.wrong, found.is_right_for(THEIRS)) == (wrong, theirs)


def test_the_distance_is_relative_and_summed_up() -> None:
    assert filled(y_hat=3.3, s=1.8).distance(THEIRS) == pytest.approx(0.1 + 0.1)
    assert filled(d=0.5).distance(THEIRS) == 0.5  # of a 0 it is the number itself
    assert filled(y_hat=3.0).distance(THEIRS) == 0
    assert filled(y_hat=-3.0).distance({**THEIRS, "y_hat": -1.5}) == 1
