"""What a function returned, read by names where there are names, and by position elsewhere."""

import pytest

from autograder.checks.parse_result import MOST_COMPARED, plain, read, read_training
from autograder.sandbox.host.protocol import Array, Nothing, Number, Record, Sequence, Text, Value

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
def test_two_weights_before_the_losses(value: Value) -> None:
    assert read_training(value, WB, {}).values == {"w": A, "b": B, "losses": LIST}


def test_losses_alone_are_read_where_two_weights_are_asked_for() -> None:
    assert read_training(LIST, WB, {}).values == {"losses": LIST}
    assert "w, b, losses" in read_training(Text("done"), WB, {}).problem


@pytest.mark.parametrize(
    ("value", "names", "values", "notes", "problem"),
    [
        (A, ("loss",), {"loss": A}, (), ""),
        (Text("x"), ("loss",), {"loss": Text("x")}, (), ""),
        (Sequence([A]), ("loss",), {"loss": A}, (), ""),
        (Array([1.0], "int64", ()), ("loss",), {"loss": Array([1.0], "int64", ())}, (), ""),
        (
            Array([1.0, 2.0], "int64", (2,)),
            NAMES,
            {"loss": Number(1.0, "int64"), "dloss_dw": Number(2.0, "int64")},
            (),
            "",
        ),
        (
            Record({"first": A, "second": B}),
            NAMES,
            {"loss": A, "dloss_dw": B},
            ("The returned values were read by their position.",),
            "",
        ),
        (
            Record({"x": A}),
            NAMES,
            {},
            (),
            "it returned a collection of 1 named value; 2 values are asked for: loss, dloss_dw",
        ),
        (Text("x"), NAMES, {}, (), "it returned a text; 2 values are asked for: loss, dloss_dw"),
        (Sequence([]), NAMES, {}, (), "it returned 0 values; 2 values are asked for: loss, dloss_dw"),
        (
            Sequence([A, B, A]),
            NAMES,
            {"loss": A, "dloss_dw": B},
            ("It returned 3 values; the first 2 were read.",),
            "",
        ),
        (Record({"loss": A, "q": B}), NAMES, {"loss": A}, (), ""),
        (Record({"loss": A, "los": B}), NAMES, {"loss": A}, (), ""),  # near a name that was found
        (Record({"dL_dw": B, "grad": A, "loss": A}), NAMES, {"dloss_dw": A, "loss": A}, (), ""),
    ],
)
def test_what_is_read_and_what_is_said_of_it(
    value: Value, names: tuple[str, ...], values: dict[str, Value], notes: tuple[str, ...], problem: str
) -> None:
    found = read(value, names, ALIASES)
    assert (dict(found.values), found.notes, found.problem) == (values, notes, problem)
    hidden = found.unspoken
    assert (hidden.values, hidden.notes) == (found.values, ())
    assert hidden.problem == ("it did not return the values that are asked for" if problem else "")


ONLY_A_LIST = ("It returned only a list; it was read as losses.",)


@pytest.mark.parametrize(
    ("value", "names", "values", "notes"),
    [
        (Sequence([Sequence([A, LIST])]), W, {"w": A, "losses": LIST}, ()),
        (A, W, {"w": A}, ("It returned only one number; it was read as w.",)),
        (LIST, W, {"losses": LIST}, ONLY_A_LIST),
        (Sequence([A]), W, {"losses": Sequence([A])}, ONLY_A_LIST),
        (Sequence([Sequence([A])]), W, {"losses": Sequence([A])}, ()),
        (Array([1.0, 2.0], "float", (2,)), W, {"losses": Array([1.0, 2.0], "float", (2,))}, ONLY_A_LIST),
        (
            Sequence([LIST, A]),
            W,
            {"w": A, "losses": LIST},
            ("It returned losses before w; the order asked for is w, losses.",),
        ),
        (Sequence([LIST, A, B]), W, {"w": A, "losses": LIST}, ()),
        (Sequence([LIST, LIST, LIST]), W, {"losses": Sequence([LIST, LIST, LIST])}, ONLY_A_LIST),
        (Sequence([LIST, LIST, LIST, A]), W, {"w": A, "losses": LIST}, ()),
        (Record({"w": A, "losses": LIST}), W, {"w": A, "losses": LIST}, ()),
        (Sequence([LIST, LIST, LIST]), ("w", "b", "losses"), {"w": LIST, "b": LIST, "losses": LIST}, ()),
        (Sequence([A, LIST]), ("w", "b", "losses"), {"w": A, "losses": LIST}, ()),
        (Sequence([LIST, LIST]), ("w", "b", "losses"), {"losses": LIST}, ()),
        (
            Sequence([Array([1.0, 2.0, 3.0], "float", (3,)), LIST]),
            ("w", "b", "losses"),
            {"losses": Array([1.0, 2.0, 3.0], "float", (3,))},
            (),
        ),
    ],
)
def test_what_a_training_returned(
    value: Value, names: tuple[str, ...], values: dict[str, Value], notes: tuple[str, ...]
) -> None:
    found = read_training(value, names, {})
    assert (dict(found.values), found.notes, found.problem) == (values, notes, "")


@pytest.mark.parametrize("name", ["dL/dw", "dL_dw", "∂L∂w", "DL dw"])
def test_a_name_counts_without_its_punctuation(name: str) -> None:
    assert plain(name) == "dldw"
    assert plain("ŷ") == plain("Y_hat")


def test_of_names_that_nobody_knows_some_are_looked_at() -> None:
    """Comparing thousands with each of the lab's names, at each call, would take the judge a minute."""
    returned = read(Record({"loss": A, **{f"dloss_d{number}": B for number in range(4000)}}), NAMES, ALIASES)
    assert len(returned.notes) == MOST_COMPARED
