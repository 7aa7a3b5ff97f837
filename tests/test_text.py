"""Text that is shown beside other text neither orders it, nor hides, nor commands a terminal."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.text import (
    clean,
    fit,
    is_number,
    isolated,
    join_first,
    join_names,
    list_names,
    megabytes,
    plural,
    printable,
)

JOINERS = "\u200c\u200d"
MARK = "\u200e"
HEBREW = "\u05e9\u05dc\u05d5\u05dd"
RIGHT_TO_LEFT = ("R", "AL", "AN")


def characters(*categories: str) -> list[str]:
    every = map(chr, range(sys.maxunicode + 1))
    return [character for character in every if unicodedata.category(character) in categories]


def test_no_format_or_control_character_or_surrogate_passes() -> None:
    for character in characters("Cf", "Cc", "Cs", "Zl", "Zp"):
        if character not in "\t\n":
            assert clean(f"a{character}b") == "a\ufffdb", hex(ord(character))
            assert printable(f"a{character}b") == "a\ufffdb"


@pytest.mark.parametrize("hidden", ["\U000e0041", "\U000e0100", "\u3164", "\u034f", "\u180b", "\uffa0", "\u061c"])
def test_characters_in_which_a_message_can_hide_are_seen(hidden: str) -> None:
    assert clean(f"x{hidden}y") == "x\ufffdy"


def test_joiners_stay_where_names_and_emoji_need_them() -> None:
    persian, sinhala, emoji = (
        "\u0646\u0645\u06cc\u200c\u062e",
        "\u0dc1\u0dca\u200d\u0dbb\u0dd3",
        "\U0001f469\u200d\U0001f4bb",
    )
    for text in (sinhala, emoji):
        assert clean(text) == printable(text) == text
    assert clean(persian) == f"{MARK}{persian}{MARK}"
    assert clean("pass\u200dword") == "pass\ufffdword"
    assert clean("\u200dx\u200c") == "\ufffdx\ufffd"


def test_every_right_to_left_character_stands_between_marks() -> None:
    for character in characters("Lo", "Lm", "Nd", "No", "Nl", "Sm", "So", "Sc", "Po"):
        if unicodedata.bidirectional(character) in RIGHT_TO_LEFT:
            assert isolated(f"1 {character} 2") == f"1 {MARK}{character}{MARK} 2", hex(ord(character))


def test_right_to_left_names_keep_their_order() -> None:
    assert clean(f"{HEBREW} {HEBREW}") == f"{MARK}{HEBREW} {HEBREW}{MARK}"
    assert clean(f"{HEBREW}, {HEBREW}") == f"{MARK}{HEBREW}{MARK}, {MARK}{HEBREW}{MARK}"
    assert clean(f"{HEBREW} 20 points") == f"{MARK}{HEBREW}{MARK} 20 points"
    assert fit(clean(HEBREW)) == HEBREW


def test_direction_marks_do_not_count() -> None:
    assert clean(HEBREW * 5, 20) == f"{MARK}{HEBREW * 5}{MARK}"
    assert clean(HEBREW * 6, 20) == f"{MARK}{(HEBREW * 5)[:19]}{MARK}…"


@given(st.text(st.characters(codec=None) | st.sampled_from([MARK, *JOINERS, *HEBREW, "\u202e", "\u2066", "\u0301"])))
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    once = clean(text, 20)
    assert clean(once, 20) == once
    assert printable(printable(text)) == printable(text)
    assert len(fit(text, 20)) <= 20
    once.encode()


def test_marks_of_any_script_are_stacked_three_high_at_most() -> None:
    for accent in "\u0301\u05b0\u064b\u0e48\ufe0f":
        assert clean("a" + accent * 9).replace(MARK, "") == "a" + accent * 3


@pytest.mark.parametrize(
    ("text", "shown"),
    [("abc", "abc"), ("abcde", "abcde"), ("abcdef", "abcd…"), ("a\nb", "a�b"), ("\udcff", "�"), ("é", "é")],
)
def test_printable_cuts_to_the_limit(text: str, shown: str) -> None:
    assert printable(text, 5) == shown


def test_printable_keeps_80_characters() -> None:
    assert printable("x" * 80) == "x" * 80
    assert printable("x" * 81) == "x" * 79 + "…"


def test_join_names_as_a_sentence_does() -> None:
    assert [join_names(names) for names in ("", "x", "xy", "xyw")] == ["", "x", "x and y", "x, y and w"]


def test_join_first_counts_the_others() -> None:
    assert join_first("abc", 2) == "a, b and 1 more"
    assert join_first("abcd", 2, "; ") == "a; b; and 2 more"


def test_list_names_shows_six_of_60_characters() -> None:
    assert list_names("abcdef") == "a, b, c, d, e, f"
    assert list_names("abcdefgh") == "a, b, c, d, e, f and 2 more"
    assert list_names(["x" * 60, "y" * 61]) == f"{'x' * 60}, {'y' * 59}…"


@pytest.mark.parametrize(("number", "text"), [(0, "0 answers"), (1, "1 answer"), (2, "2 answers")])
def test_plural_counts_a_noun(number: int, text: str) -> None:
    assert plural(number, "answer") == text


def test_megabytes_have_one_decimal() -> None:
    assert [megabytes(size) for size in (0, 1_440_000, 10_000_000)] == ["0.0 MB", "1.4 MB", "10.0 MB"]


def test_a_number_is_what_python_reads_as_one() -> None:
    assert all(map(is_number, ("1", "-2.5e-3", " 4 ", "nan")))
    assert not any(map(is_number, ("", "x", "1,5", "2/3")))
