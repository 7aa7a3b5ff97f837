"""Losses are compared one by one with the reference's, within a tolerance that grows with the first of them."""

import math
from pathlib import Path

import pytest
from conftest import ROOT
from small_labs import grade_changed, some_checks

from autograder import rubric
from autograder.checks.oracle import Trajectory
from autograder.checks.training import compare_losses, hint_for
from autograder.grader import Grader
from autograder.rubric import Tolerance
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.protocol import Array

CODE = Tolerance(1e-3, 1e-6)
INPUTS = ("x", "y", "w")


def kind(found: list[float], right: list[float], most: int = 10) -> str:
    """The kind of comparison for losses of which the last right one is that after the last update."""
    return compare_losses(Array(list(found), "float", (len(found),)), Trajectory(right, {"w": 0.0}), CODE, most)[0].kind


def told(losses: list[float], right: list[float], *weights: str, trained: bool = False, most: int = 10) -> str:
    """The hint for these losses."""
    value = Array(list(losses), "float", (len(losses),))
    trajectory = Trajectory(right, dict.fromkeys(weights or ("w",), 0.0))
    compared, _ = compare_losses(value, trajectory, CODE, most)
    inputs = ("a", *weights) if weights else INPUTS
    return hint_for(value, compared, trajectory, CODE, most, inputs, trained=trained)


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


LATER = (
    "The first 2 losses are right and a later one is not: what is different in a later epoch? What is in w.grad when "
    "backward() is called again, does an optimizer remember earlier steps, and does anything change lr or w in between "
    "(a schedule, rounding, a limit)?"
)
FIRST_UPDATE = (
    "The first loss is right and the second is not: look at the first update of w, at the gradient (its factors and "
    "its sign), at lr, and at whatever else changes the step (weight decay, rounding, a limit). Or is only what you "
    "append not the loss?"
)
SAME = (
    "Every entry is the same number: is the forward pass inside the loop, does w keep its update, and do you append a "
    "number, as loss.item(), not a tensor that changes later?"
)
FIRST_LOSS = (
    "Already the first loss is wrong: is it computed from the parameters x, y and w as the graph says, and before w "
    "changes?"
)
APPENDED = (
    "In the end w is right, so look first at what you append: it is the loss of each epoch, from the parameters x, y "
    "and w, not rounded."
)
FACTOR = "All losses are off by the same factor: compare what you append with the graph's loss."
RIGHT = [1.0, 0.5, 0.25, 0.125, 0.0625]  # the last one comes after the last update


@pytest.mark.parametrize(
    ("losses", "says", "hint"),
    [
        ([1.0, 0.5, 0.3, 0.2], "is right for the first 2 epochs, then wrong", LATER),
        ([1.0, 0.9, 0.8, 0.7], "is right for the first epoch only", FIRST_UPDATE),
        ([1.0] * 4, "is right for the first epoch only", SAME),
        ([2.0] * 4, "is wrong from the first epoch on", SAME),
        ([0.125] * 4, "is wrong from the first epoch on", SAME),  # the last one, in a tensor that changes
        ([2.0, 1.0, 0.5, 0.25], "is wrong from the first epoch on", FACTOR),
        ([2.0, 0.5, 0.5, 0.25], "is wrong from the first epoch on", FIRST_LOSS),  # only the first is twice as large
        ([0.5, 0.4, 0.3, 0.2], "is wrong from the first epoch on", FIRST_LOSS),
        ([3.0, 0.5, 0.25, 0.125], "is wrong from the first epoch on", FIRST_LOSS),
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
            "A loss is infinite or not a number: look at the sign and the size of the update of w.",
        ),
    ],
)
def test_wrong_losses_are_told_where_they_leave_the_right_ones(losses: list[float], says: str, hint: str) -> None:
    found, notes = compare_losses(Array(list(losses), "float", (len(losses),)), Trajectory(RIGHT, {"w": 0.0}), CODE, 10)
    assert (found.text, notes, told(losses, RIGHT)) == (says, (), hint)


@pytest.mark.parametrize(
    ("losses", "right", "hint"),
    [
        ([2.0, 1.0, 0.5, 0.25], RIGHT, APPENDED),
        ([1.0, 0.6, 0.3, 0.1], RIGHT, APPENDED),
        ([0.7, 0.6, 0.5, 0.4], RIGHT, APPENDED),
        ([1.0] * 4, RIGHT, SAME),
        # A loop that has converged: many wrong ones end at the right weight too.
        ([1.0, 0.9, 0.0, 0.0], [1.0, 0.1, 1e-4, 1e-5, 1e-6], FIRST_UPDATE),
        (RIGHT[:4], RIGHT, ""),
    ],
)
def test_where_the_final_weight_is_right_the_update_is_not_blamed(
    losses: list[float], right: list[float], hint: str
) -> None:
    assert told(losses, right, trained=True) == hint


@pytest.mark.parametrize(
    ("epochs", "most", "hint"),
    [
        (4, 10, "The losses are right, so look at the last update, and at what you return as w."),
        (4, 3, "The first 3 losses are right: what changes after them, and what do you return as w?"),
        (1, 10, "The loss before the update is right, so look at the update of w: at the gradient and at lr."),
    ],
)
def test_where_only_the_weight_is_wrong(epochs: int, most: int, hint: str) -> None:
    assert told(RIGHT[:epochs], RIGHT[: epochs + 1], most=most) == hint


def test_no_list_of_losses() -> None:
    trajectory = Trajectory(RIGHT, {"w": 0.0})
    compared, _ = compare_losses(None, trajectory, CODE, 10)
    hint = hint_for(None, compared, trajectory, CODE, 10, INPUTS, trained=False)
    assert (compared.text, hint) == ("is missing", "Append one number per epoch to a list, and return the list.")


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
    found, notes = compare_losses(Array(list(losses), "float", (len(losses),)), right, CODE, 10)
    assert (found.kind, notes, told(losses, right.losses, trained=True)) == ("right", note, "")


def test_one_more_loss_taken_after_the_update_is_not_accepted() -> None:
    assert kind([0.5, 0.25, 0.125, 0.0625], [1.0, 0.5, 0.25, 0.125]) == "value"


@pytest.mark.parametrize(
    ("losses", "hint"),
    [
        ([2.5, 0.5, 0.3], "from the parameters a, b and c as the graph says, and before b and c change?"),
        ([1.0] * 3, "is the forward pass inside the loop, do b and c keep their updates, and do you append"),
        ([1.0, 0.9, 0.8], "look at the first update of b and c, at the gradient"),
        ([1.0, 0.5, 0.3], "What is in b.grad and c.grad when backward() is called again"),
        ([1.0, math.inf, math.inf], "look at the sign and the size of the update of b and c."),
        ([1.0, 0.5, 0.25], "at what you return as b and c."),
    ],
)  # fmt: skip
def test_a_hint_has_the_labs_own_names(losses: list[float], hint: str) -> None:
    assert hint in told(losses, [1.0, 0.5, 0.25, 0.125], "b", "c")


def test_arrays_in_another_order_are_asked_about(server: ForkServer, tmp_path: Path) -> None:
    """In a lab with arrays only the order says what is what."""
    lab = some_checks(rubric.load(ROOT / "labs/linear_regression"), "6.1").with_limits(search=0)
    function, return_ = "def train_with_optimizer(", "    return w.detach(), b.item(), losses\n\n\n"
    change = (
        return_ + function,
        return_.replace("w.detach(), b.item(), losses", "losses, w.detach(), b.item()") + function,
    )
    with Grader(lab, server, "cpu") as grader:
        report = grade_changed(grader, tmp_path, [change])
    text = report.checks[0].outcome.text
    assert "Is everything returned in the order that is asked for: `return w, b, losses`?" in text
