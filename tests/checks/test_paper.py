"""What paper answers earn, and what is said of each: right, rounded, following, slipped, wrong, blank."""

import msgspec
import pytest
from in_process import context, outcome, paper, real

from autograder.checks.follow_through import FOLLOWS, explained
from autograder.checks.paper import find_answer, numbers, unknown_names
from autograder.checks.parse_result import MOST_COMPARED
from autograder.outcome import Finding, Outcome, State
from autograder.submission import Answer, Answers

ORDER = "→ Go through the graph in its order; a value that is wrong early makes the later ones wrong too."
BACK = "→ Go back from the loss: multiply the local derivatives along the path, one by one."
TASK_2 = {"m1": 2, "r": 2, "m2": 0.4, "y_hat": 0.5987, "s": -0.4013, "loss": 0.1611}
(EXPLAINED,) = explained([Finding("s", "follows")], 1.0)
HANDOUT = (
    "Accepted on paper, though the x in the formula sigmoid'(x) = x(1 - x) is read as the sigmoid's input, m2. "
    "In that formula, x is the output of the sigmoid, not its input."
)


def graded(number: str, values: dict[str, float | str]) -> Outcome:
    """The outcome of a paper check, all answers of which are in the section that it is about."""
    section = {"1": "task1", "4": "task2"}[number[0]]
    return outcome(context(answers={section: paper(values)}), number)


def said(found: Outcome) -> list[str]:
    """The lines of an outcome without its summary, the drawn path and the note on what follows, which is checked."""
    lines = [line for line in found.text.split("\n")[1:] if not (found.path and " → " in line)]
    follows = any(each.state == "follows" for each in found.findings)
    assert lines.count(f"Note: {EXPLAINED}") == follows
    return [line for line in lines if line != f"Note: {EXPLAINED}"]


@pytest.mark.parametrize(
    ("values", "points", "summary", "lines"),
    [
        ({"y_hat": 2, "s": 1, "loss": 1}, 6, "3 of 3 right.", ["✓ y_hat, s, loss"]),
        ({"y_hat": 2, "s": 1}, 4, "2 of 3 right.", ["✓ y_hat, s", "· loss: this line is missing"]),
        (
            {"y_hat": 2, "s": "", "loss": "two"},
            2,
            "1 of 3 right.",
            ["✓ y_hat", "· s: not filled in", "? loss: 'two' is no number"],
        ),
        (
            {"y_hat": 2.00000101, "s": 1, "loss": 1},
            4,
            "2 of 3 right.",
            ["✗ y_hat: your 2 is wrong", "✓ s, loss", ORDER],
        ),
        (
            {"y_hat": 3, "s": 2, "loss": 4},
            4,
            "2 of 3 right.",
            ["✗ y_hat: your 3 is wrong", f"↳ s: your 2 is {FOLLOWS}", f"↳ loss: your 4 is {FOLLOWS}", ORDER],
        ),
        (  # two of three are wrong by themselves, so nothing counts as following
            {"y_hat": 3, "s": 3, "loss": 9},
            0,
            "0 of 3 right.",
            ["✗ y_hat, s: your 3 is wrong", "✗ loss: your 9 is wrong", ORDER],
        ),
        (  # a 0 is easy to come by: it never counts as following
            {"y_hat": 1, "s": 0, "loss": 1},
            2,
            "1 of 3 right.",
            ["✗ y_hat: your 1 is wrong", "✗ s: your 0 is wrong", "✓ loss", ORDER],
        ),
        (
            {"y_hat": 1, "s": 2, "loss": 1},
            4,
            "1 of 3 right.",
            [
                "~ y_hat: this is the value of s, and s has the value that belongs here",
                "~ s: this is the value of y_hat, and y_hat has the value that belongs here",
                "✓ loss",
            ],
        ),
        (
            {"y_hat": -2, "s": 1, "loss": 1},
            5,
            "2 of 3 right.",
            ["~ y_hat: your -2 has the wrong sign but is otherwise right", "✓ s, loss"],
        ),
        (
            {"y_hat": 200, "s": 1, "loss": 1},
            5,
            "2 of 3 right.",
            [
                "~ y_hat: your 200 is 100 times too large; if it is a percentage, write the percent sign",
                "✓ s, loss",
            ],
        ),
        ({"y_hat": 202, "s": 1, "loss": 1}, 4, "2 of 3 right.", ["✗ y_hat: your 202 is wrong", "✓ s, loss", ORDER]),
        ({"y_hat": 4, "s": 1, "loss": 1}, 4, "2 of 3 right.", ["✗ y_hat: your 4 is wrong", "✓ s, loss", ORDER]),
    ],
)
def test_values_of_task_1(values: dict[str, float | str], points: float, summary: str, lines: list[str]) -> None:
    found = graded("1.1", values)
    assert (found.points, found.summary, said(found)) == (points, summary, lines)
    assert found.graded


@pytest.mark.parametrize(
    ("instead", "points", "lines"),
    [
        ({"y_hat": 0.6}, 6, ["✓ m1, r, m2, y_hat, s, loss"]),
        (
            {"y_hat": 0.62},
            6,
            ["✓ m1, r, m2, s, loss", "✓ y_hat: your 0.62 is right but rounded too much; keep more digits"],
        ),
        ({"y_hat": 0.64}, 5, ["✓ m1, r, m2, s, loss", "✗ y_hat: your 0.64 is wrong", ORDER]),
        (
            {"y_hat": -0.4013, "s": 0.5987},
            5,
            [
                "✓ m1, r, m2, loss",
                "~ y_hat: this is the value of s, and s has the value that belongs here",
                "~ s: this is the value of y_hat, and y_hat has the value that belongs here",
            ],
        ),
        (
            {"s": 0.4013},
            5.5,
            ["✓ m1, r, m2, y_hat, loss", "~ s: your 0.4013 has the wrong sign but is otherwise right"],
        ),
        ({"m1": 4}, 5, ["✗ m1: your 4 is wrong", "✓ r, m2, y_hat, s, loss", ORDER]),  # twice a node says nothing
        (
            {"loss": 0.3222},
            5,
            [
                "✓ m1, r, m2, y_hat, s",
                "✗ loss: your 0.3222 is off by a constant factor; is one missing, or one too many?",
                ORDER,
            ],
        ),
        (  # half of the answers are wrong by themselves: the others still follow
            {"r": 3, "m2": 0.9, "y_hat": 0.1, "s": -0.9, "loss": 0.81},
            3,
            [
                "✓ m1",
                "✗ r: your 3 is wrong",
                "✗ m2: your 0.9 is wrong",
                "✗ y_hat: your 0.1 is wrong",
                f"↳ s: your -0.9 is {FOLLOWS}",
                f"↳ loss: your 0.81 is {FOLLOWS}",
                ORDER,
            ],
        ),
        (
            {"y_hat": 0.5, "s": -0.515, "loss": 0.2755},  # within the coarse tolerance of what follows
            5,
            [
                "✓ m1, r, m2",
                "✗ y_hat: your 0.5 is wrong",
                f"↳ s: your -0.515 is {FOLLOWS}",
                f"↳ loss: your 0.2755 is {FOLLOWS}",
                ORDER,
            ],
        ),
    ],
)
def test_values_of_task_2(instead: dict[str, float | str], points: float, lines: list[str]) -> None:
    found = graded("4.1", {**TASK_2, **instead})
    assert (found.points, said(found)) == (points, lines)


@pytest.mark.parametrize(
    ("w2", "w1", "points", "lines"),
    [
        (-0.3857, -0.1543, 6, ["✓ dloss_dw2, dloss_dw1"]),
        (
            0.3857,
            0.1543,
            4.5,
            [
                "~ dloss_dw2: your 0.3857 has the wrong sign but is otherwise right",
                f"↳ dloss_dw1: your 0.1543 is {FOLLOWS}",
            ],
        ),
        (
            -0.1543,
            -0.3857,
            3,
            [
                "~ dloss_dw2: this is the value of dloss_dw1, and dloss_dw1 has the value that belongs here",
                "~ dloss_dw1: this is the value of dloss_dw2, and dloss_dw2 has the value that belongs here",
            ],
        ),
        (-1, -0.4, 3, ["✗ dloss_dw2: your -1 is wrong", f"↳ dloss_dw1: your -0.4 is {FOLLOWS}", BACK]),
        (-0.3857, 3, 3, ["✓ dloss_dw2", "✗ dloss_dw1: your 3 is wrong", BACK]),
        (
            -0.3857,
            0.0,
            3,
            [
                "✓ dloss_dw2",
                "✗ dloss_dw1: your 0 is 0 and should not be",
                "→ Each of these mistakes would explain your results:",
                "  - dr_dm1 is 1 where it should be 0, and 0 where it should be 1",
                "  - dr_dm1 is 0 everywhere",
                "  What is the derivative of ReLU when m1 is negative, and when it is positive?",
                "  Read again: task 2, steps 1 to 3.",
            ],
        ),
        (-0.38526, -0.154104, 6, ["✓ dloss_dw2, dloss_dw1", f"Note: {HANDOUT}"]),
        (-0.38526, -0.1543, 6, ["✓ dloss_dw2, dloss_dw1", f"Note: {HANDOUT}"]),
        (-0.385352, -0.1543, 6, ["✓ dloss_dw2, dloss_dw1", f"Note: {HANDOUT}"]),  # three times as near to it
        (-0.385373, -0.1543, 6, ["✓ dloss_dw2, dloss_dw1"]),
        (-0.3855, -0.1543, 6, ["✓ dloss_dw2, dloss_dw1"]),  # no nearer to the handout's formula than to what is right
        (-0.3853, "", 3, ["✓ dloss_dw2", "· dloss_dw1: not filled in", f"Note: {HANDOUT}"]),
    ],
)
def test_gradients_of_task_2(w2: float, w1: float | str, points: float, lines: list[str]) -> None:
    found = graded("4.2", {"dloss_dw2": w2, "dloss_dw1": w1})
    assert (found.points, said(found)) == (points, lines)


@pytest.mark.parametrize(
    ("value", "points", "near", "hint"),
    [
        (8, 3, (), ""),
        (-8, 1.5, (), ""),
        (7.9, 0, ("dloss_dw",), BACK[2:]),
        (
            9,
            0,
            (),
            "One mistake explains all your results: dy_hat_dw is the sum of the two factors.\n"
            "Differentiate y_hat = x * w with respect to w again, holding the other values fixed.\n"
            "Read again: task 1, steps 1 and 2.",
        ),
        (
            4,
            0,
            (),
            "Each of these mistakes would explain your results:\n"
            "- dloss_ds is missing the factor that comes from the exponent\n"
            "- dloss_ds is loss itself instead of its derivative\n"
            "- dy_hat_dw is the whole product instead of one factor\n"
            "Differentiate loss = s ** 2 with respect to s again, holding the other values fixed.\n"
            "Differentiate y_hat = x * w with respect to w again, holding the other values fixed.\n"
            "Read again: task 1, steps 1 and 2.",
        ),
    ],
)
def test_a_gradient_by_itself(value: float, points: float, near: tuple[str, ...], hint: str) -> None:
    found = graded("1.2", {"dloss_dw": value})
    assert (found.points, found.near, found.hint) == (points, near, hint)
    assert found.given == ((("dloss_dw", value),) if points == 0 else ())


def test_a_wrong_answer_shows_on_the_path() -> None:
    assert graded("1.1", {"y_hat": 3, "s": 2, "loss": 4}).path == (
        ("y_hat", "wrong"),
        ("s", "follows"),
        ("loss", "follows"),
    )
    assert graded("1.1", {"y_hat": 2, "s": 1, "loss": 1}).path == ()


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        (None, "There are no paper answers to read (see the first entry)."),
        (
            {"task2": paper({"m1": 2})},
            "There is no section 'task1' in answers.yaml; its sections are: task2.\n"
            "→ Keep the template's lines, indented as they are.",
        ),
        (
            {},
            "There is no section 'task1' in answers.yaml; its sections are: none.\n"
            "→ Keep the template's lines, indented as they are.",
        ),
        ({"task1": paper({"y_hat": ""})}, "Not filled in.\n→ Write your results from paper into answers.yaml."),
        ({"task1": paper({})}, "Not filled in.\n→ Write your results from paper into answers.yaml."),
    ],
)
def test_nothing_to_mark_is_said(answers: dict[str, dict[str, Answer]] | None, text: str) -> None:
    found = outcome(context(answers=answers), "1.1")
    assert (found.points, found.graded, found.text) == (0, False, text)


def test_an_unreadable_answer_is_marked_as_one() -> None:
    found = graded("1.1", {"y_hat": "two"})
    assert (found.points, found.graded, found.summary) == (0, True, "0 of 3 right.")


def test_section_and_quantity_are_found_under_other_spellings() -> None:
    given = context(answers={"Task 1": paper({"Y-hat": 2, "l": 1, "yhat": 7})})
    section = given.submission.answers.sections["Task 1"]  # type: ignore[union-attr]
    assert find_answer(given, section, "loss") == section["l"]
    assert find_answer(given, section, "s") is None
    assert numbers(given, "task1", ("y_hat", "s", "loss")) == {"y_hat": 7, "loss": 1}
    assert numbers(given, "task2", ("m1",)) == {}
    assert numbers(context(), "task1", ("y_hat",)) == {}


def test_some_of_many_unknown_names_are_mentioned() -> None:
    given = context(answers={"task1": paper({"y_hat": 2, **{f"loss{number}": 1 for number in range(2000)}})})
    assert len(unknown_names(given, Answers("a.yaml", given.submission.answers.sections, ()))) == MOST_COMPARED  # type: ignore[union-attr]


TASK1 = paper({"y_hat": 2, "s": 1, "loss": 1, "dloss_dw": 8})
TASK2 = paper(
    {"m1": 2, "r": 2, "m2": 0.4, "y_hat": 0.5987, "s": -0.4013, "loss": 0.1611, "dloss_dw2": "", "dloss_dw1": ""}
)


@pytest.mark.parametrize(
    ("titles", "exchanged"),
    [
        (("task1", "task2"), False),
        (("Task 1 - a simple graph", "TASK_2 (network)"), False),
        (("task2", "task1"), True),
        (("Part A", "Part B"), True),
        (("task1", "Part B"), True),
        (("task10", "task2"), True),
    ],
)
def test_answers_are_found_under_the_headings_of_others(titles: tuple[str, str], exchanged: bool) -> None:
    given = context(answers=dict(zip(titles, (TASK1, TASK2), strict=True)))
    assert outcome(given, "1.1").points == outcome(given, "4.1").points == 6
    said = any("under the wrong heading" in note for note in outcome(given, "0").notes)
    assert said == exchanged


def test_wrong_answers_stay_under_their_heading() -> None:
    given = context(answers={"task1": paper({"y_hat": 3}), "task2": paper({"y_hat": 2, "s": 1})})
    assert numbers(given, "task1", ("y_hat",)) == {"y_hat": 3}
    mixed = context(answers={"task1": TASK1 | TASK2, "task2": paper({"m1": ""})})
    assert numbers(mixed, "task2", ("m1",)) == {}


def test_a_name_that_is_not_asked_for_is_asked_after() -> None:
    given = context(answers={"task1": paper({"y_hat": 2, "lose": 1, "l": 1, "q": 3})})
    assert unknown_names(given, Answers("a.yaml", given.submission.answers.sections, ())) == [  # type: ignore[union-attr]
        "In a.yaml, section task1: 'lose' is not asked for; did you mean 'loss'?",
        "In a.yaml, section task1: 'q' is not asked for; the names are: y_hat, s, loss, dloss_dw.",
    ]


def test_slips_and_what_follows_earn_what_the_rubric_says() -> None:
    lab, _, _ = real()
    rubric = msgspec.structs.replace(lab.rubric, slips=0.25, follow_through=0.75)
    given = context(answers={"task1": paper({"y_hat": -2, "s": 1, "loss": 1})}, rubric=rubric)
    assert outcome(given, "1.1").points == 4.5
    thirds = msgspec.structs.replace(rubric, slips=0.333)
    given = context(answers={"task1": paper({"y_hat": -2, "s": 1, "loss": 1})}, rubric=thirds)
    assert outcome(given, "1.1").points == 4.67  # in hundredths
    given = context(answers={"task1": paper({"y_hat": 3, "s": 2, "loss": 4})}, rubric=rubric)
    assert outcome(given, "1.1").points == 3


def test_an_accepted_mistake_counts_only_where_the_rubric_says_so() -> None:
    lab, _, _ = real()
    wrong = [msgspec.structs.replace(each, on_paper="wrong") for each in lab.rubric.mistakes]
    rubric = msgspec.structs.replace(lab.rubric, mistakes=wrong)
    given = context(answers={"task2": paper({"dloss_dw2": -0.38526, "dloss_dw1": -0.154104})}, rubric=rubric)
    found = outcome(given, "4.2")
    assert (found.points, found.notes) == (6, ())


def test_gradients_with_a_common_wrong_factor_follow_in_their_order() -> None:
    given = context(answers={"task2": paper({"dloss_dw2": -1.157, "dloss_dw1": -0.4628})})
    lines = said(outcome(given, "4.2"))
    assert lines[:2] == ["✗ dloss_dw2: your -1.157 is wrong", f"↳ dloss_dw1: your -0.4628 is {FOLLOWS}"]


def test_values_and_gradients_in_one_check() -> None:
    lab, _, _ = real()
    checks = [
        msgspec.structs.replace(each, quantities=["y_hat", "dloss_dw2"]) if each.number == "4.1" else each
        for each in lab.rubric.checks
    ]
    given = context(
        answers={"task2": paper({"y_hat": 3.3, "dloss_dw2": 7.7})},
        rubric=msgspec.structs.replace(lab.rubric, checks=checks),
    )
    assert said(outcome(given, "4.1"))[-1] == ORDER


@pytest.mark.parametrize(
    ("state", "share", "notes"),
    [("wrong", 1.0, []), ("follows", 1.0, ["all of its points."]), ("follows", 0.8, ["80% of its points."])],
)
def test_what_follows_is_explained_with_its_share(state: State, share: float, notes: list[str]) -> None:
    said = explained([Finding("s", "right"), Finding("loss", state)], share)
    assert [each.split(" earns ")[1] for each in said] == notes
