"""What an outcome keeps so that students can be compared: near misses, wrong numbers, missing answers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Result

from autograder.grader import Grader
from autograder.outcome import GradeReport, Outcome
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer

PERFECT = (ROOT / "examples/perfect_plain/Lab4.py").read_text()
ANSWERS = (ROOT / "examples/perfect_plain/answers.yaml").read_text()


@pytest.fixture
def outcomes(hand_in: Callable[..., Result]) -> Callable[..., dict[str, Outcome]]:
    """The outcome of every check for the perfect submission with one text put in the place of another."""

    def outcomes(old: str, new: str) -> dict[str, Outcome]:
        assert old in PERFECT + ANSWERS
        report = hand_in(PERFECT.replace(old, new), ANSWERS.replace(old, new)).report
        return {check.number: check.outcome for check in report.checks}

    return outcomes


def test_what_is_right_is_no_near_miss_and_leaves_nothing(outcomes: Callable[..., dict[str, Outcome]]) -> None:
    found = outcomes("loss: 0.1611", "loss: 0.158")  # rounded, and still worth its credit
    assert {(each.near, each.given, each.unanswered) for each in found.values()} == {((), (), "")}


@pytest.mark.parametrize(
    ("old", "new", "number", "near", "given"),
    [
        ("y_hat: 0.5987", "y_hat: 0.57", "4.1", ("y_hat",), (("y_hat", 0.57),)),
        ("y_hat: 0.5987", "y_hat: 0.1", "4.1", (), (("y_hat", 0.1),)),
        ("append(loss.item())", "append(1.01 * loss.item())", "3.1", ("losses",), ()),
        ("return w.item(), losses", "return 0.255, losses", "3.1", ("w",), (("w", 0.255),)),
        ('"m2": m2', '"m2": 1.01 * m2', "5.2", ("m2",), ()),  # inputs that differ by student: no number is kept
    ],
)
def test_a_wrong_value_that_is_close_is_a_near_miss(
    outcomes: Callable[..., dict[str, Outcome]],
    old: str,
    new: str,
    number: str,
    near: tuple[str, ...],
    given: tuple[tuple[str, float], ...],
) -> None:
    found = outcomes(old, new)[number]
    assert (found.near, found.given) == (near, given)


def test_value_close_for_some_inputs_is_no_near_miss(
    outcomes: Callable[..., dict[str, Outcome]],
) -> None:
    assert outcomes('"m2": m2', '"m2": m2 * (1.01 if w2 > 0 else 3)')["5.2"].near == ()


@pytest.mark.parametrize(
    ("program", "phrase"),
    [
        ("def train(x, y, w, lr, n_epochs): print('Ada')", "returned nothing"),
        ("def train(x, y, w, lr, n_epochs): return 'Ada'", "returned something else than is asked for"),
        ("def train(x, y, w, lr, n_epochs): raise NotImplementedError", "still to be written"),
        ("def train(x, y, w, lr, n_epochs): return 1 / 0", "raised ZeroDivisionError"),
        (
            "class Ada(Exception): pass\ndef train(x, y, w, lr, n_epochs): raise Ada('Ada')",
            "raised an exception",
        ),
        ("def train(x): return x", "cannot be called with the handout's parameters"),
        ("def train(x, y, w, lr, n_epochs):\n    import os; os._exit(3)", "ended the process"),
        ("Ada = 1", "not defined"),
        ("def train(x, y, w, lr, n_epochs) return x", "the program stopped with SyntaxError"),
        ("class Ada(BaseException): pass\nraise Ada('Ada')", "the program stopped with an exception"),
        ("import os; os._exit(3)", "the program ended the process"),
    ],
)
def test_reasons_for_no_answer_are_counted(hand_in: Callable[..., Result], program: str, phrase: str) -> None:
    assert_unanswered(hand_in(program).report, phrase)


@pytest.mark.parametrize(
    ("program", "phrase"),
    [
        ("def train(x, y, w, lr, n_epochs):\n    while True: pass", "did not return in time"),
        ("while True: pass", "the program did not load in time"),
    ],
)
def test_hanging_is_a_reason_too(program: str, phrase: str, real_lab: Lab, server: ForkServer, tmp_path: Path) -> None:
    (tmp_path / "Lab4.py").write_text(program)
    with Grader(real_lab.with_limits(call=1.0, load=1.5, search=0.0), server, "cpu") as grader:
        assert_unanswered(grader.grade(tmp_path, tmp_path / "results.json"), phrase)


def assert_unanswered(report: GradeReport, phrase: str) -> None:
    found = {check.number: check.outcome.unanswered for check in report.checks}
    assert found["3.1"] == found["3.2"] == phrase
    assert found["1.1"] == ""
