"""What was found cannot be changed afterwards; only the record of a run grows."""

from unchanging import changing

import autograder.checks


def test_data_does_not_change() -> None:
    assert changing(autograder.checks) == {"RunRecord"}
