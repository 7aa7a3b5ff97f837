"""A key cannot be changed once it is made."""

from unchanging import changing

import autograder.authoring.answer_key


def test_data_does_not_change() -> None:
    assert changing(autograder.authoring.answer_key) == set()
