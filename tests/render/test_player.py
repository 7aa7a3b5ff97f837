"""The steps show a student's own numbers, where they come from, and no number that the student does not have."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from browser import Page, needs_browser
from conftest import ROOT, Result
from selenium.webdriver.common.keys import Keys
from test_feedback_page import EVIL, with_visibility

from autograder import rubric
from autograder.grader import Grader
from autograder.gradescope.metadata import Metadata
from autograder.graph.quantities import expected
from autograder.outcome import OwnNumber, State
from autograder.render import feedback
from autograder.render.player import Player, players
from autograder.rubric import Check, CodeCheck, Lab, PaperCheck, published
from autograder.sandbox.host.fork_server import ForkServer

WRONG = ROOT / "tests/submissions/wrong_forward_sigmoid_sign"
NODES = ("m1", "r", "m2", "y_hat", "s", "loss")


def check(lab: Lab, number: str) -> Check:
    return next(each for each in lab.rubric.checks if each.number == number)


def made(lab: Lab, number: str = "4.1", **own: tuple[State, str]) -> Player:
    """The player of one check, from a state and a number for each quantity."""
    numbers = tuple(OwnNumber(name, *each) for name, each in own.items())
    (player,) = players(lab, [(check(lab, number), numbers)])
    return player


def test_steps_go_forward_then_backward(real_lab: Lab) -> None:
    player = made(
        real_lab,
        "6.1",
        dloss_dw1=("right", "-0.15"),
        dm1_dw1=("right", "4"),
        loss=("right", "0.16"),
        dloss_ds=("wrong", "-0.4"),
        m1=("right", "2"),
    )
    assert [step.own.quantity for step in player.steps] == ["m1", "loss", "dloss_ds", "dm1_dw1", "dloss_dw1"]
    assert player.stop == 2
    assert (player.name, player.title, player.checks) == ("task2-code", "task2 in fnn_gradients()", ("6.1",))


def test_hidden_inputs_have_no_steps(real_lab: Lab) -> None:
    numbers = tuple(OwnNumber(name, "right", "1") for name in NODES)
    assert players(real_lab, [(check(real_lab, "5.2"), numbers)]) == []


def test_a_step_is_filled_with_own_numbers(real_lab: Lab) -> None:
    own: dict[str, tuple[State, str]] = {
        "m2": ("right", "0.4"),
        "y_hat": ("wrong", "-0.6"),
        "s": ("follows", ""),
        "loss": ("right", "0.16"),
        "dloss_ds": ("right", "-0.8"),
        "ds_dy_hat": ("right", "1"),
        "dloss_dw1": ("right", "3"),
    }
    said = {step.own.quantity: (step.what, step.from_own) for step in made(real_lab, **own).steps}
    assert said == {
        "m2": ("m2 = r * w2", ""),  # r is not among the student's numbers
        "y_hat": ("y_hat = sigmoid(m2)", "sigmoid(0.4)"),
        "s": ("s = y_hat - y", "(-0.6) - 1"),
        "loss": ("loss = s ** 2", ""),  # nor is s
        "dloss_ds": ("dloss_ds: how loss = s ** 2 changes with s", ""),
        "ds_dy_hat": (
            "ds_dy_hat: how s = y_hat - y changes with y_hat",
            "the chain so far: dloss_ds * ds_dy_hat = (-0.8) * 1",
        ),
        "dloss_dw1": ("dloss_dw1 = dloss_ds * ds_dy_hat * dy_hat_dm2 * dm2_dr * dr_dm1 * dm1_dw1", ""),
    }


@pytest.mark.parametrize(
    ("states", "stop"),
    [
        (("right", "right", "right"), None),
        (("right", "follows", "right"), None),
        (("right", "partly", "wrong"), 1),
        (("blank", "right", "right"), 0),
        (("right", "right", "unreadable"), 2),
    ],
)
def test_steps_end_at_the_first_that_is_not_right(real_lab: Lab, states: tuple[State, ...], stop: int | None) -> None:
    own = {name: (state, "1") for name, state in zip(NODES, states, strict=False)}
    assert made(real_lab, **own).stop == stop


def test_few_numbers_have_no_steps(real_lab: Lab) -> None:
    own = (OwnNumber("m1", "right", "2"), OwnNumber("r", "right", "2"), OwnNumber("m2", "blank", ""))
    assert players(real_lab, [(check(real_lab, "4.1"), own)]) == []
    assert (
        players(real_lab, [(check(real_lab, number), own * 2) for number in ("0", "2.1", "3.1", "5.2", "7.1", "8")])
        == []
    )


def test_an_input_that_is_returned_is_no_step(real_lab: Lab) -> None:
    player = made(real_lab, "5.1", x1=("right", "4"), m1=("right", "2"), r=("right", "2"), m2=("wrong", "3"))
    assert [step.own.quantity for step in player.steps] == ["m1", "r", "m2"]


def test_remembered_steps_are_those_of_the_same_numbers_checks_and_inputs(real_lab: Lab) -> None:
    own: dict[str, tuple[State, str]] = {name: ("right", "0.4") for name in NODES}
    first = made(real_lab, **own)
    assert made(real_lab, **own).html == first.html
    others = {
        "a number": made(real_lab, **{**own, "m1": ("right", "0.5")}).html,
        "a state": made(real_lab, **{**own, "m1": ("wrong", "0.4")}).html,
        "a check": made(real_lab, "5.1", **own).html,
        "fewer": made(real_lab, **dict([*own.items()][:-1])).html,
    }
    assert len({first.html, *others.values()}) == 5
    number = tuple(OwnNumber(name, "right", "0.4", "2/5") for name in NODES)
    (written,) = players(real_lab, [(check(real_lab, "4.1"), number)])
    assert "2/5" in written.html
    assert "2/5" not in first.html


def test_personal_inputs_are_not_shown(real_lab: Lab) -> None:
    own: dict[str, tuple[State, str]] = {name: ("right", "7") for name in NODES}
    assert made(real_lab, **own).steps[0].from_own == "4 * 0.5"
    personal = dataclasses.replace(real_lab, rubric=msgspec.structs.replace(real_lab.rubric, individual=True))
    assert made(personal, **own).steps[0].from_own == ""


def test_only_published_inputs_have_own_numbers(grade: Callable[[Path], Result], real_lab: Lab) -> None:
    report = grade(ROOT / "examples/perfect_plain").report
    having = {each.number for each in report.checks if each.outcome.own}
    known = {
        each.number
        for each in real_lab.rubric.checks
        if isinstance(each, PaperCheck) or (isinstance(each, CodeCheck) and published(each))
    }
    assert having == known - {"3.1"}  # a training loop has no steps


def test_no_right_number_appears_that_is_still_to_be_found(grade: Callable[[Path], Result], real_lab: Lab) -> None:
    report = grade(WRONG).report
    shown = [(check(real_lab, each.number), each.outcome.own) for each in report.checks]
    own = {each.quantity: each for each in dict(zip([one.number for one, _ in shown], shown, strict=True))["5.1"][1]}
    right = expected(real_lab.graphs["task2"], NODES, real_lab.published("task2"))
    (code,) = (player for player in players(real_lab, shown) if player.name == "task2-code")
    said = [code.figure, *(part for step in code.steps for part in (step.own.text, step.what, step.from_own))]
    shown_numbers = {float(each) for text in said for each in re.findall(r"-?\d+(?:[.]\d+)?", text)}
    to_find = {round(right[name], 4) for name, each in own.items() if each.state != "right"}
    assert len(to_find) == 3
    assert to_find.isdisjoint(round(number, 4) for number in shown_numbers)
    assert {name for name, each in own.items() if each.state != "right"} == {"y_hat", "s", "loss"}


def test_a_page_has_steps_of_visible_checks_only(grade: Callable[[Path], Result], real_lab: Lab) -> None:
    report = grade(ROOT / "examples/missing_factor_2").report
    page = feedback.render(report, real_lab, "someone", Metadata())
    assert re.findall(r'id="steps-([^"]*)"', page) == ["task1-paper", "task2-paper", "task2-code"]
    hidden = with_visibility(real_lab, c5_1="after_due_date", c6_1="hidden", c1_1="after_published", c1_2="hidden")
    page = feedback.render(report, hidden, "someone", Metadata())
    assert re.findall(r'id="steps-([^"]*)"', page) == ["task2-paper"]
    none = with_visibility(real_lab, **{f"c{each.number.replace('.', '_')}": "hidden" for each in report.checks})
    page = feedback.render(report, none, "someone", Metadata())
    assert "script" not in page


def test_own_text_is_no_markup(grade: Callable[[Path], Result], real_lab: Lab) -> None:
    report = grade(WRONG).report
    own = tuple(OwnNumber(name, "right", EVIL, EVIL) for name in NODES)
    checks = tuple(
        dataclasses.replace(each, outcome=dataclasses.replace(each.outcome, own=own if each.number == "5.1" else ()))
        for each in report.checks
    )
    page = feedback.render(dataclasses.replace(report, checks=checks), real_lab, "someone", Metadata())
    assert "<img" not in page
    assert page.count("<script") == 1
    policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert len(policy) == 1
    assert re.fullmatch(r"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[\w+/=]+'", policy[0])


@pytest.mark.parametrize("lab", ["linear_regression", "logistic_regression"])
def test_a_lab_with_arrays_or_several_ways_has_steps(server: ForkServer, tmp_path: Path, lab: str) -> None:
    the_lab = rubric.load(ROOT / "labs" / lab)
    with Grader(the_lab, server) as grader:
        report = grader.grade(the_lab.reference, tmp_path / "results.json")
    numbers = {each.number: each for each in the_lab.rubric.checks}
    found = players(the_lab, [(numbers[each.number], each.outcome.own) for each in report.checks])
    assert len(found) == 2
    assert all(player.stop is None for player in found)


@pytest.fixture(scope="module")
def page_with_steps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("steps") / "feedback.html"


@pytest.fixture
def written(grade: Callable[[Path], Result], real_lab: Lab, page_with_steps: Path) -> Path:
    """The page of a submission whose forward pass is wrong at y_hat."""
    if not page_with_steps.exists():
        page = feedback.render(grade(WRONG).report, real_lab, "someone", Metadata())
        page_with_steps.write_text(page, encoding="utf-8")
    return page_with_steps


CODE = "#steps-task2-code"


@needs_browser
@pytest.mark.parametrize("width", [1280, 390])
def test_next_ends_at_the_first_mistake(chromium: Page, written: Path, width: int) -> None:
    chromium.resize(width, 844)
    chromium.open(written)
    chromium.evaluate(f"document.querySelector('{CODE}').open = true")
    assert chromium.seen(f"{CODE} svg .label[data-of]:not(.later)") == []
    for step in range(1, 5):
        assert chromium.evaluate(f"document.querySelector('{CODE} .main').disabled") is False
        chromium.click(f"{CODE} .main")
        assert chromium.seen(f"{CODE} output") == [f"Step {step} of 6"]
    assert chromium.evaluate(f"document.querySelector('{CODE} .main').disabled") is True
    assert chromium.seen(f"{CODE} .now .step")[0].startswith("y_hat = sigmoid(m2)\nsigmoid(0.4)\n0.401312 ✗ wrong")
    assert len(chromium.seen(f"{CODE} .now .stop")) == 1
    assert chromium.seen(f"{CODE} .now .end") == []
    assert chromium.overflow() <= 0
    assert chromium.complaints() == []


@needs_browser
def test_arrow_keys_step(chromium: Page, written: Path) -> None:
    chromium.open(written)
    chromium.evaluate(f"document.querySelector('{CODE}').open = true")
    chromium.press(f"{CODE} .main", Keys.ARROW_RIGHT * 9)
    assert chromium.seen(f"{CODE} output") == ["Step 4 of 6"]
    chromium.press(f"{CODE} summary", Keys.ARROW_LEFT)
    assert chromium.seen(f"{CODE} output") == ["Step 3 of 6"]


@needs_browser
def test_the_end_is_reached_if_all_is_right(
    chromium: Page, grade: Callable[[Path], Result], real_lab: Lab, tmp_path: Path
) -> None:
    report = grade(ROOT / "examples/perfect_plain").report
    page = tmp_path / "right.html"
    page.write_text(feedback.render(report, real_lab, "someone", Metadata()), encoding="utf-8")
    chromium.open(page)
    chromium.evaluate(f"document.querySelector('{CODE}').open = true")
    chromium.press(f"{CODE} .main", Keys.ARROW_RIGHT * 20)
    assert chromium.seen(f"{CODE} output") == ["Step 15 of 15"]
    assert len(chromium.seen(f"{CODE} .now .end")) == 1
    assert chromium.seen(f"{CODE} .now .stop") == []


@needs_browser
def test_play_ends_by_itself(chromium: Page, written: Path) -> None:
    chromium.open(written)
    chromium.evaluate(f"document.querySelector('{CODE}').open = true")
    chromium.evaluate("(window.setInterval = (step) => { for (let i = 0; i < 30; i++) step(); return 0; }, 0)")
    play = f"{CODE} .controls button:nth-of-type(3)"
    chromium.click(play)
    assert chromium.seen(f"{CODE} output") == ["Step 4 of 6"]
    assert chromium.seen(play) == ["Play"]


@needs_browser
def test_a_node_of_the_picture_is_a_step(chromium: Page, written: Path) -> None:
    chromium.open(written)
    chromium.evaluate(f"document.querySelector('{CODE}').open = true")
    chromium.click(f"{CODE} svg.wide .node[data-of=m2]")
    assert chromium.seen(f"{CODE} output") == ["Step 3 of 6"]
    chromium.click(f"{CODE} svg.wide .node[data-of=loss]")
    assert chromium.seen(f"{CODE} output") == ["Step 4 of 6"]  # no further than the first mistake


@needs_browser
def test_without_scripts_all_steps_are_a_table(chromium: Page, written: Path) -> None:
    with chromium.without_scripts():
        chromium.open(written)
        chromium.click(f"{CODE} > summary")
        assert chromium.seen(f"{CODE} .controls") == chromium.seen(f"{CODE} .now") == []
        assert len(chromium.seen(f"{CODE} tbody tr")) == 6
        assert chromium.seen(f"{CODE} svg.wide .node[data-of=y_hat] .number") == ["= 0.4013"]


@needs_browser
def test_a_link_opens_the_steps(chromium: Page, written: Path) -> None:
    chromium.open(written)
    assert chromium.seen(f"{CODE} svg") == []
    chromium.click('a[href="#in-steps-task2-code"]')
    assert chromium.seen(f"{CODE} svg.wide")
    assert chromium.complaints() == []
