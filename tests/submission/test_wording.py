"""Text of a student's is short and printable inside a sentence, and nothing is cut that fits."""

import pytest
from frozen import changeable

from autograder.submission.wording import listed, megabytes, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [("abc", "abc"), ("abcde", "abcde"), ("abcdef", "abcd…"), ("a\nb", "a�b"), ("\udcff", "�"), ("é", "é")],
)
def test_text_is_cut_and_made_printable(text: str, shown: str) -> None:
    assert printable(text, 5) == shown


def test_text_of_80_characters_is_whole() -> None:
    assert printable("x" * 80) == "x" * 80
    assert printable("x" * 81) == "x" * 79 + "…"


def test_six_names_are_listed_and_the_others_counted() -> None:
    assert listed("abcdef") == "a, b, c, d, e, f"
    assert listed("abcdefgh") == "a, b, c, d, e, f and 2 more"
    assert listed("abc", 2) == "a, b and 1 more"
    assert listed(["x" * 60, "y" * 61]) == f"{'x' * 60}, {'y' * 59}…"


def test_sizes_have_one_decimal() -> None:
    assert [megabytes(size) for size in (0, 1_440_000, 10_000_000)] == ["0.0 MB", "1.4 MB", "10.0 MB"]


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.submission") == set()
