"""What grading found is summed up in one state, in points, and in words."""

import dataclasses
import math

import pytest
from frozen import changeable

from autograder.outcome import CheckResult, Curve, Finding, GradeReport, Outcome, State, drawn, merged
from autograder.sandbox.host.confinement import PURPOSE, Confinement


def report(*checks: CheckResult) -> GradeReport:
    return GradeReport("Lab", "who", "cpu", checks, 1.0, Confinement(dict.fromkeys(PURPOSE, "")))


FOLLOWS = (Finding("a", "right"), Finding("b", "follows"))


@pytest.mark.parametrize(
    ("points", "out_of", "more", "state"),
    [
        (2, 2, {}, "right"),
        (3, 2, {}, "right"),
        (0, 0, {}, "right"),
        (2, 2, {"findings": FOLLOWS[:1]}, "right"),
        (2, 2, {"findings": FOLLOWS}, "follows"),
        (1.99, 2, {"findings": FOLLOWS}, "partly"),
        (0.01, 2, {}, "partly"),
        (0.01, 2, {"graded": False}, "partly"),
        (0, 2, {}, "wrong"),
        (0, 2, {"graded": False}, "blank"),
    ],
)
def test_the_state_of_a_check(points: float, out_of: float, more: dict[str, object], state: State) -> None:
    assert CheckResult("1", "name", out_of, Outcome(points, "", **more)).state == state  # type: ignore[arg-type]


def test_check_result_defaults() -> None:
    check = CheckResult("1", "name", 2, Outcome(0, ""))
    assert (check.fault, check.outcome.graded, check.seconds) == (False, True, 0)


def test_points_are_summed_to_two_decimals() -> None:
    both = report(
        *(CheckResult("1", "", 1 / 6, Outcome(1 / 3, "")) for _ in range(2)), CheckResult("2", "", 1, Outcome(0, ""))
    )
    assert (both.points, both.out_of) == (0.67, 1.33)
    assert (report().points, report().out_of) == (0, 0)


def test_one_fault_of_the_grader_is_one_of_the_report() -> None:
    fine, fault = CheckResult("1", "", 1, Outcome(0, "")), CheckResult("2", "", 1, Outcome(0, ""), fault=True)
    assert not report(fine, fine).faulty
    assert report(fine, fault).faulty


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (Finding("s", "wrong", "is late"), "✗ s: is late"),
        (Finding("s", "right"), "✓ s"),
        (Finding("s", "unreadable", "x"), "? s: x"),
    ],
)
def test_a_finding_reads_like_this(finding: Finding, text: str) -> None:
    assert str(finding) == text


def test_findings_of_which_the_same_is_said_are_put_together() -> None:
    found = [Finding("a", "wrong", "is missing"), Finding("b", "right"), Finding("c", "wrong", "is missing")]
    found += [Finding("d", "partly", "is missing"), Finding("e", "right", "looks fine"), Finding("f", "right")]
    assert merged(found) == (
        Finding("a, c", "wrong", "are missing"),
        Finding("b, f", "right"),
        Finding("d", "partly", "is missing"),
        Finding("e", "right", "looks fine"),
    )
    assert merged([Finding("a", "wrong", "has"), Finding("b", "wrong", "has")])[0].text == "have"
    both = merged([Finding("a", "wrong", "is a text, not a number"), Finding("b", "wrong", "is a text, not a number")])
    assert both[0].text == "are each a text, not a number"


def test_losses_are_several() -> None:
    partly = "right for 1 of 2 sets of numbers; for the others it is wrong from the first epoch on"
    assert [merged([Finding(name, "partly", partly)])[0].text for name in ("w", "losses")] == [
        partly,
        "right for 1 of 2 sets of numbers; for the others they are wrong from the first epoch on",
    ]
    assert (
        merged([Finding("losses", "wrong", "holds 2 values; it is short")])[0].text == "hold 2 values; they are short"
    )
    assert merged([Finding("losses", "wrong", "is a text, not a list")])[0].text == "are a text, not a list"


@pytest.mark.parametrize(
    ("expected", "top"),
    [([1.0, 5.0, 2.0], 6), ([1.0, math.inf], 1.2), ([math.nan], 1.2), ([], 1.2), ([0.0], 1)],
)
def test_the_plot_ends_a_fifth_above_a_right_loops_losses(expected: list[float], top: float) -> None:
    assert Curve([9.0], expected).top == pytest.approx(top)


def test_losses_at_the_ends_of_the_plot_are_shown() -> None:
    curve = Curve([0.0, 1.2, 1.21, -0.01, math.nan, math.inf], [1.0])
    assert [curve.shows(loss) for loss in curve.losses] == [True, True, False, False, False, False]
    assert curve.beyond == 4


def test_losses_are_two_lines_of_blocks() -> None:
    curve = Curve([1.0, 0.0, 1.2, 9.0, -1.0, math.nan], [1.0, 0.5])
    assert curve.text == "The loss in each epoch:\n▇▁█↑×× yours\n▇▄ a correct loop"
    assert Curve([], []).text == "The loss in each epoch:\n yours\n a correct loop"
    first, yours, _ = Curve([1.0] * 81, [1.0]).text.splitlines()
    assert (first, yours) == ("The loss in one of 3 epochs:", "▇" * 27 + " yours")


def test_an_outcome_in_words_has_each_part_on_a_line() -> None:
    whole = Outcome(1, "sum", (Finding("a", "right"),), "look", ("n1", "n2"), path=(("a", "right"), ("b", "wrong")))
    assert whole.text == "sum\na ✓ → b ✗\n✓ a\n→ look\nNote: n1\nNote: n2"
    assert Outcome(1, "sum").text == "sum"
    assert drawn(()) == ""


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.outcome") == set()
    assert dataclasses.replace(Outcome(1, "a"), points=2).points == 2
