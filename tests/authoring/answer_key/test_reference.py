"""What the reference's functions give is shown as Python would show it, numbers to six digits."""

import pytest

from autograder.authoring.answer_key.reference import result_text, value_text
from autograder.sandbox.host.calls import NotRun, Verdict
from autograder.sandbox.host.process import Ended, TimedOut
from autograder.sandbox.host.protocol import (
    Array,
    Failure,
    Missing,
    Nothing,
    Number,
    Raised,
    Record,
    Returned,
    Sequence,
    Strange,
    Text,
    Value,
)

A, B = Number(1 / 3, "float"), Number(2, "int")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (A, "0.333333"),
        (Array([1.0, 2 / 3], "float32", (2,)), "[1.0, 0.666667]"),
        (Array([1.0, 2.0, 3.0, 0.5], "float32", (2, 2)), "[[1.0, 2.0], [3.0, 0.5]]"),
        (Array([1.0, 2.0], "float32", (3, 2)), "[1.0, 2.0]"),  # what a shape says need not fit
        (Array([], "float32", (2, 0)), "[]"),
        (Sequence([B, Nothing()]), "(2.0, None)"),
        (Record({"a": A, "b": Text("c")}), "{'a': 0.333333, 'b': 'c'}"),
        (Strange("a method"), "a method"),
    ],
)
def test_a_value(value: Value, text: str) -> None:
    assert value_text(value) == result_text(Returned(value)) == text


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        (Raised(Failure("ValueError", "no")), "ValueError: no"),
        (Missing(), "there is no such function"),
        (Ended("ended itself"), "it ended itself"),
        (TimedOut(2.0), "it took longer than 2 s"),
        (NotRun("time is up"), "time is up"),
    ],
)
def test_no_value(verdict: Verdict, text: str) -> None:
    assert result_text(verdict) == text
