"""Paper answers that are vectors and matrices: each element has its share."""

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autograder import rubric
from autograder.checks import paper
from autograder.checks.context import GradingContext
from autograder.checks.paper_arrays import ArrayAnswer
from autograder.mistakes.for_lab import Mistakes
from autograder.outcome import Outcome
from autograder.rubric import PaperCheck, Tolerance
from autograder.submission import Submission
from autograder.submission.answers.parse import parse_answers

LAB = Path(__file__).resolve().parents[2] / "labs/linear_regression"
RIGHT = {
    "y_hat": "[-0.5, 1.5, -4, 3]",
    "e": "[-1.5, -2.5, 0, 1]",
    "loss": "2.375",
    "dloss_de": "[-0.75, -1.25, 0, 0.5]",
    "dloss_dw": "[-3.5, -3.25]",
    "dloss_db": "-1.5",
}
ASKED = "and (4,) is asked for"


@cache
def lab() -> tuple[rubric.Lab, Mistakes]:
    loaded = rubric.load(LAB)
    return loaded, Mistakes(loaded)


def graded(number: str, **answers: str) -> Outcome:
    """What becomes of a check if these answers are written in the place of the right ones."""
    lines = "".join(f"  {name}: {text}\n" for name, text in {**RIGHT, **answers}.items())
    loaded, mistakes = lab()
    answered = parse_answers(f"regression:\n{lines}", "answers.yaml", arrays=True)
    context = GradingContext(loaded, Submission((), None, answered, (), ()), mistakes)
    check = next(each for each in loaded.rubric.checks if each.number == number)
    assert isinstance(check, PaperCheck)
    return paper.grade(check, context)


def share(outcome: Outcome, quantity: str) -> str:
    """What is said about a quantity."""
    return next(str(each) for each in outcome.findings if quantity in each.quantity.split(", "))


def test_right_answers() -> None:
    for number in ("1.1", "1.2"):
        assert graded(number).points == 10


@pytest.mark.parametrize(
    ("y_hat", "points", "said"),
    [
        ("[-0.5, 1.5, -4, 3.2]", 9.17, "~ y_hat: your [-0.5, 1.5, -4, 3.2] is right in 3 of its 4 elements and is "
         "wrong in 1 (3.2 at [3])"),
        ("[-0.5, , , 3]", 8.33, "~ y_hat: your [-0.5, , , 3] is right in 2 of its 4 elements and lacks 2"),
        ("[0.5, 1.5, -4, 3]", 9.58, "~ y_hat: your [0.5, 1.5, -4, 3] is right in 3 of its 4 elements and has the wrong "
         "sign in 1"),
        ("[0.5, -1.5, 4, -3]", 8.33, "~ y_hat: your [0.5, -1.5, 4, -3] has the wrong sign in every element but is "
         "otherwise right"),
        ("[-50, 150, -400, 300]", 8.33, "~ y_hat: your [-50, 150, -400, 300] is 100 times too large in every element "
         "but is otherwise right"),
        ("[[-0.5], [1.5], [-4], [3]]", 10, "✓ y_hat, e, loss"),
        ("[[-0.5, 1.5], [-4, 3]]", 8.33, "~ y_hat: your [[-0.5, 1.5], [-4, 3]] has the right numbers, but it has shape "
         f"(2, 2), {ASKED}"),
        ("[9, 8, 7, 6]", 6.67, "✗ y_hat: your [9, 8, 7, 6] is wrong"),
        ("[1, 2]", 6.67, f"✗ y_hat: your [1, 2] has another shape than is asked for; it has shape (2,), {ASKED}"),
        ("3", 6.67, "✗ y_hat: your 3 is a single number, and one number for each element is asked for; it has shape "
         f"(), {ASKED}"),
        ("[1, x, 2, 3]", 6.67, "? y_hat: Line 2: 'x' was not understood; write a number or arithmetic."),
        ("", 6.67, "· y_hat: not filled in"),
    ],
)  # fmt: skip
def test_shares(y_hat: str, points: float, said: str) -> None:
    found = graded("1.1", y_hat=y_hat)
    assert (found.points, share(found, "y_hat")) == (points, said)


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ([-1.85, 0.312, 0.624], [True, True, True]),  # -1.850, and its zero is not written
        ([-1.85, 0.312, 0.731], [True, True, False]),
        ([-1.851, 0.312, 0.624], [False, True, True]),
        ([-1.85, 0.312, math.nan], [True, True, False]),
    ],
)
def test_elements_are_rounded_alike(value: list[float], right: list[bool]) -> None:
    expected = np.array([-1.849821952, 0.312473705, 0.6235380837])
    answer = ArrayAnswer("dloss_dw", "", np.array(value), expected, Tolerance(0, 1e-6), telling=True)
    assert answer._each_right().tolist() == right


def test_a_list_where_a_number_is_asked_for() -> None:
    assert graded("1.1", loss="[2.375]").points == 10
    assert share(graded("1.1", loss="[1, 2]"), "loss") == (
        "✗ loss: your [1, 2] is several numbers, and one number is asked for"
    )


def test_elements_that_follow_from_an_earlier_mistake() -> None:
    wrong = {"y_hat": "[-0.5, 2.5, -4, 3]", "e": "[-1.5, -1.5, 0, 7]", "loss": "13.375"}
    found = graded("1.1", **wrong)
    assert share(found, "e").endswith(
        "is right in 2 of its 4 elements, is correct given your earlier value in 1 and is wrong in 1 (7 at [3])"
    )
    assert share(found, "loss") == "↳ loss: your 13.375 is correct given your earlier value"
    assert found.points == 8.33
    gradients = {"dloss_de": "[-0.75, -0.75, 0, 3.5]", "dloss_dw": "[4, -5.75]", "dloss_db": "2"}
    assert graded("1.2", **wrong, **gradients).points == 10


def test_no_element_is_right_but_some_follow() -> None:
    doubled = {"e": "[-3, -5, 0, 2]", "loss": "9.5", "dloss_de": "[-1.5, -2.5, 0, 1]"}
    said = share(graded("1.2", **doubled, dloss_dw="[-7, 3]", dloss_db="-3"), "dloss_dw")
    assert said == (
        "~ dloss_dw: your [-7, 3] is correct given your earlier value in 1 of its 2 elements and is wrong in 1 "
        "(3 at [1])"
    )


def test_nothing_follows_if_most_is_wrong() -> None:
    found = graded("1.1", y_hat="[9, 8, 7, 6]", e="[8, 4, 11, 4]", loss="3", dloss_de="[1, 2, 3, 4]", dloss_dw="[5, 6]",
                   dloss_db="7")  # fmt: skip
    assert found.points == 0


def test_zeros_earn_nothing() -> None:
    zeros = {name: "[0, 0, 0, 0]" for name in ("y_hat", "e", "dloss_de")}
    everything = {**zeros, "loss": "0", "dloss_dw": "[0, 0]", "dloss_db": "0"}
    assert [graded(number, **everything).points for number in ("1.1", "1.2")] == [0, 0]


def test_answers_in_each_others_lines() -> None:
    found = graded("1.1", y_hat=RIGHT["e"], e=RIGHT["y_hat"])
    assert share(found, "e") == "~ e: this is the value of y_hat, and y_hat has the value that belongs here"


def test_one_mistake_explains_all_elements() -> None:
    halved = {"dloss_de": "[-0.375, -0.625, 0, 0.25]", "dloss_dw": "[-1.75, -1.625]", "dloss_db": "-0.75"}
    found = graded("1.2", **halved)
    assert found.mistakes == (("factor@dq_de",),)
    assert found.points == 6.67  # the rest follows


def test_elements_are_compared_in_a_class() -> None:
    found = graded("1.2", dloss_dw="[-3.53, 8.125]")
    assert found.near == ("dloss_dw[0]",)
    assert found.given == (("dloss_dw[0]", -3.53), ("dloss_dw[1]", 8.125))
