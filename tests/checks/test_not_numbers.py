"""Results that are no numbers are named as what they are, if they are the same in all calls."""

import pytest

from autograder.checks.not_numbers import in_all, mistake
from autograder.sandbox.host.protocol import Array, Nothing, Number, Sequence, Strange, Text, Value

ONE = Number(1.0, "float")
METHOD = Strange("a function or method that was not called (are its parentheses missing?)")
TRAINED = ("w", "losses")
GRADIENTS = ("loss", "dloss_dw2", "dloss_dw1")


@pytest.mark.parametrize(
    ("calls", "names", "name"),
    [
        ([{"loss": ONE, "dloss_dw2": ONE}], GRADIENTS, "dloss_dw1 is not among what is returned"),
        ([{"loss": ONE}], GRADIENTS, "dloss_dw2 and dloss_dw1 are not among what is returned"),
        (
            [{"loss": ONE, "dloss_dw2": ONE, "dloss_dw1": Nothing()}],
            GRADIENTS,
            "dloss_dw1 is None: backward() never reached it",
        ),
        ([{"loss": Nothing(), "dloss_dw2": ONE, "dloss_dw1": ONE}], GRADIENTS, "loss is None"),
        (
            [{"w": METHOD, "losses": Array([1.0], "float", (1,))}],
            TRAINED,
            "a function or method that is not called stands in the place of w",
        ),
        (
            [{"w": ONE, "losses": Sequence([METHOD, METHOD])}],
            TRAINED,
            "the entries of the list are functions or methods that are not called",
        ),
        (
            [{"w": Text("1.5"), "losses": Sequence([])}],
            TRAINED,
            "w is given as text, and losses are empty",
        ),
        (
            [{"w": ONE, "losses": Sequence([Sequence([ONE, ONE])])}],
            TRAINED,
            "the entries of the list are several values each, not single numbers",
        ),
    ],
)
def test_what_a_result_is_instead(calls: list[dict[str, Value]], names: tuple[str, ...], name: str) -> None:
    assert mistake(in_all(calls, names, GRADIENTS[1:]), names).name == name


@pytest.mark.parametrize(
    "calls",
    [
        [{"w": ONE, "losses": Array([1.0, 2.0], "float", (2,))}],
        [{"w": ONE, "losses": Sequence([ONE, ONE])}],
        [{"w": ONE, "losses": ONE}, {"losses": ONE}],  # missing in one call only
        [{"w": Strange("an object of type Box"), "losses": ONE}],  # nothing certain is known of it
        [{"w": ONE, "losses": Sequence([ONE, METHOD])}],
        [{"w": Sequence([ONE]), "losses": ONE}],
    ],
)
def test_nothing_is_said_of_numbers_or_what_is_not_certain(calls: list[dict[str, Value]]) -> None:
    assert in_all(calls, TRAINED) == {}
