"""What was worked out cannot be changed afterwards."""

from unchanging import changing

import autograder.authoring.audit


def test_data_does_not_change() -> None:
    assert changing(autograder.authoring.audit) == set()
