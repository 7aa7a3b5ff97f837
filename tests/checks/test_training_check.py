"""Losses are compared one by one with the reference's, within a tolerance that grows with the first of them."""

import math

import pytest

from autograder.checks.oracle import Trajectory
from autograder.checks.training import compare_losses
from autograder.rubric import Tolerance
from autograder.sandbox.host.protocol import Array

CODE = Tolerance(1e-3, 1e-6)
INPUTS = ("x", "y", "w")


def kind(found: list[float], right: list[float], most: int = 10) -> str:
    """The kind of comparison for losses of which the last right one is that after the last update."""
    return compare_losses(
        Array(list(found), "float", (len(found),)), Trajectory(right, {"w": 0.0}), CODE, most, INPUTS
    )[0].kind


@pytest.mark.parametrize(("first", "allowed"), [(0.5, 1e-6), (1.0, 1e-6), (4.0, 4e-6), (100.0, 1e-4)])
def test_small_losses_count_beside_the_first(first: float, allowed: float) -> None:
    right = [first, 0.0, 0.0]
    assert kind([first, 0.99 * allowed], right) == "right"
    assert kind([first, 1.01 * allowed], right) == "value"


def test_losses_with_few_decimals_are_rounded_and_right() -> None:
    right = [1.0, 0.12345, 0.01]
    assert kind([1.0, 0.123], right) == "right"
    assert kind([1.0, 0.125], right) == "near"
    assert kind([1.0, 0.127], right) == "value"


@pytest.mark.parametrize(
    ("position", "most", "expected"), [(1, 2, "value"), (2, 2, "right"), (2, 3, "value"), (0, 2, "value")]
)
def test_only_the_first_losses_count(position: int, most: int, expected: str) -> None:
    right = [1.0, 0.5, 0.25, 0.125]
    found = right[:3]
    found[position] += 7
    assert kind(found, right, most) == expected


@pytest.mark.parametrize(
    ("losses", "says", "hint"),
    [
        (
            [1.0, 0.5, 0.3, 0.2],
            "is right for the first 2 epochs, then wrong",
            "The first update is right and a later one is not, so something carries over from one epoch to the next: "
            "what is in w.grad when backward() is called again?",
        ),
        (
            [1.0, 0.9, 0.8, 0.7],
            "is right for the first epoch only",
            "The first update of w is not the right one: check the gradient (its factors and its sign) and that lr is "
            "the one given.",
        ),
        (
            [1.0] * 4,
            "is right for the first epoch only",
            "The loss never changes: is the forward pass inside the loop, and does w keep its update?",
        ),
        (
            [2.0] * 4,
            "is wrong from the first epoch on",
            "The losses are off by a constant factor: compare your formula of the loss with the graph's.",
        ),
        (
            [3.0, 0.5, 0.25, 0.125],
            "is wrong from the first epoch on",
            "Compute the loss from the parameters x, y and w, as one forward pass does, before w changes.",
        ),
        (
            [1.0],
            "holds 1 value; expected one per epoch, 4 in all",
            "Is there a return inside the loop, or is only the last loss kept?",
        ),
        (
            [1.0, 0.5, 0.25],
            "holds 3 values; expected one per epoch, 4 in all",
            "Does the loop run for n_epochs epochs, whatever the loss is?",
        ),
        (
            [1.0] * 6,
            "holds 6 values; expected one per epoch, 4 in all",
            "Does the loop run for n_epochs epochs, and does the list start empty in every call?",
        ),
        (
            [1.0, math.nan, math.nan, math.nan],
            "holds nan or infinity",
            "The numbers blow up: look at the sign and the size of the update of w.",
        ),
    ],
)
def test_wrong_losses_are_told_where_they_leave_the_right_ones(losses: list[float], says: str, hint: str) -> None:
    right = Trajectory([1.0, 0.5, 0.25, 0.125, 0.0625], {"w": 0.0})
    found, notes, said = compare_losses(Array(list(losses), "float", (len(losses),)), right, CODE, 10, INPUTS)
    assert (found.text, notes, said) == (says, (), hint)


@pytest.mark.parametrize(
    ("losses", "note"),
    [
        ([1.0, 0.5, 0.25], ()),
        ([1.0, 0.5, 0.25, 0.125], ("There is one loss more than there are epochs; accepted.",)),
        (
            [0.5, 0.25, 0.125],
            ("The losses were taken after each update instead of before it; accepted.",),
        ),
    ],
)
def test_losses_in_another_form_are_accepted_with_a_note(losses: list[float], note: tuple[str, ...]) -> None:
    right = Trajectory([1.0, 0.5, 0.25, 0.125], {"w": 0.0})
    found, notes, hint = compare_losses(Array(list(losses), "float", (len(losses),)), right, CODE, 10, INPUTS)
    assert (found.kind, notes, hint) == ("right", note, "")


def test_one_more_loss_taken_after_the_update_is_not_accepted() -> None:
    assert kind([0.5, 0.25, 0.125, 0.0625], [1.0, 0.5, 0.25, 0.125]) == "value"


@pytest.mark.parametrize(
    ("losses", "hint"),
    [
        ([2.5, 0.5, 0.3], "from the parameters a, b and c, as one forward pass does, before b and c change."),
        ([1.0] * 3, "The loss never changes: is the forward pass inside the loop, and do b and c keep their updates?"),
        ([1.0, 0.9, 0.8], "The first update of b and c is not the right one: check the gradient"),
        ([1.0, 0.5, 0.3], "what is in b.grad and c.grad when backward() is called again?"),
        ([1.0, math.inf, math.inf], "look at the sign and the size of the update of b and c."),
    ],
)  # fmt: skip
def test_a_hint_has_the_labs_own_names(losses: list[float], hint: str) -> None:
    right = Trajectory([1.0, 0.5, 0.25, 0.125], {"b": 0.0, "c": 0.0})
    _, _, said = compare_losses(Array(list(losses), "float", (len(losses),)), right, CODE, 10, ("a", "b", "c"))
    assert hint in said
