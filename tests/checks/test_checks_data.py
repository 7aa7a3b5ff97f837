"""What was found cannot be changed afterwards."""

from unchanging import changing

import autograder.checks


def test_data_does_not_change() -> None:
    assert changing(autograder.checks) == set()
