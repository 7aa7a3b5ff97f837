"""What was worked out cannot be changed afterwards."""

from unchanging import changing

import autograder.audit


def test_data_does_not_change() -> None:
    assert changing(autograder.audit) == set()
