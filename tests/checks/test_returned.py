"""What a function returned, read by names where there are names, and by position elsewhere."""

import pytest

from autograder.checks.returned import read, read_training
from autograder.sandbox.protocol import Array, Nothing, Number, Record, Sequence, Text, Value

A, B = Number(1.0, "float"), Number(2.0, "float")
LIST = Sequence([Number(float(n), "float") for n in range(4)])
NAMES = ("loss", "dloss_dw")
ALIASES = {"dloss_dw": ("grad", "dL_dw")}


@pytest.mark.parametrize(
    "value",
    [
        Sequence([A, B]),
        Sequence([Sequence([A, B])]),
        Array([1.0, 2.0], "float", (2,)),
        Record({"dloss_dw": B, "loss": A}),
        Record({"Loss": A, "dL_dw ": B}),
        Record({"grad": B, "loss": A, "more": Text("x")}),
        Record({"first": A, "second": B}),
    ],
)
def test_names_decide_else_position(value: Value) -> None:
    assert read(value, NAMES, ALIASES).values == {"loss": A, "dloss_dw": B}


def test_an_unknown_name_is_asked_after() -> None:
    returned = read(Record({"loss": A, "dloss_dv": B}), NAMES, ALIASES)
    assert returned.values == {"loss": A}
    assert returned.notes == ("It returned a value named 'dloss_dv'; did you mean 'dloss_dw'?",)


@pytest.mark.parametrize("value", [A, Text("1 2"), Sequence([A]), Sequence([]), Record({"x": A})])
def test_too_few_values_are_a_problem_with_the_names_asked_for(value: Value) -> None:
    assert "2 values are asked for: loss, dloss_dw" in read(value, NAMES, ALIASES).problem


def test_too_many_values_are_noted() -> None:
    returned = read(Sequence([A, B, A]), NAMES, ALIASES)
    assert returned.values == {"loss": A, "dloss_dw": B}
    assert "first 2" in returned.notes[0]


W = ("w", "losses")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Sequence([A, LIST]), {"w": A, "losses": LIST}),
        (Sequence([LIST, A]), {"w": A, "losses": LIST}),
        (Record({"losses": LIST, "w": A}), {"w": A, "losses": LIST}),
        (LIST, {"losses": LIST}),
        (Array([1.0, 2.0], "float", (2,)), {"losses": Array([1.0, 2.0], "float", (2,))}),
        (A, {"w": A}),
        (Sequence([A, B]), {"w": A, "losses": B}),
        (Sequence([A, LIST, B]), {"w": A, "losses": LIST}),
        (Sequence([LIST, LIST]), {"w": LIST, "losses": LIST}),
        (Sequence([A, Nothing()]), {"w": A, "losses": Nothing()}),
    ],
)
def test_a_list_is_the_losses_and_a_number_the_weight(value: Value, expected: dict[str, Value]) -> None:
    assert read_training(value, W, {}).values == expected


@pytest.mark.parametrize("value", [Text("done"), Sequence([])])
def test_neither_list_nor_number_is_a_problem(value: Value) -> None:
    assert "w, losses" in read_training(value, W, {}).problem


WB = ("w", "b", "losses")


@pytest.mark.parametrize(
    "value",
    [
        Sequence([A, B, LIST]),
        Sequence([Sequence([A, B]), LIST]),
        Sequence([Array([1.0, 2.0], "float", (2,)), LIST]),
        Sequence([LIST, A, B]),
        Record({"losses": LIST, "b": B, "w": A}),
        Sequence([Sequence([A, B, LIST])]),
    ],
)
def test_two_weights_come_before_the_losses_one_by_one_or_together(value: Value) -> None:
    assert read_training(value, WB, {}).values == {"w": A, "b": B, "losses": LIST}


def test_losses_alone_are_read_where_two_weights_are_asked_for() -> None:
    assert read_training(LIST, WB, {}).values == {"losses": LIST}
    assert "w, b, losses" in read_training(Text("done"), WB, {}).problem
