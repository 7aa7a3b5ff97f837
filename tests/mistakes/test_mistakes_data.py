"""A mistake cannot be changed once it is made."""

from unchanging import changing

import autograder.mistakes


def test_data_does_not_change() -> None:
    assert changing(autograder.mistakes) == set()
