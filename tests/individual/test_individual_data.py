"""What was worked out cannot be changed afterwards."""

from unchanging import changing

import autograder.individual


def test_data_does_not_change() -> None:
    assert changing(autograder.individual) == set()
