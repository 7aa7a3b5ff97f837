"""How what explains wrong results is said: one mistake, two together, or several that cannot be told apart."""

import re
from dataclasses import replace
from functools import partial

import pytest
from in_process import context, outcome, paper, real, right

from autograder.checks.diagnosis import AUTOGRAD, Diagnosis
from autograder.mistakes.procedure import Mistake


def mistake(name: str, hint: str = "Look.") -> Mistake:
    return Mistake(f"{name}@x", name, hint, lambda work: work)


A, B, C = mistake("a", "Look at a."), mistake("b", "Look at b."), mistake("c", "Look at c.")


@pytest.mark.parametrize(
    ("explanations", "sheet", "text"),
    [
        ([], "step 1", ""),
        ([(A,)], "", "One mistake explains all your results: a.\nLook at a."),
        ([(A,)], "step 1", "One mistake explains all your results: a.\nLook at a.\nRead again: step 1."),
        (
            [(A, B)],
            "",
            "Two mistakes together would explain all your results: a, and b.\nLook at a.\nLook at b.",
        ),
        ([(A,), (B,)], "", "Each of these mistakes would explain your results:\n- a\n- b\nLook at a.\nLook at b."),
        ([(A,), (mistake("a", "Look at a."),)], "", "One mistake explains all your results: a.\nLook at a."),
        (
            [(A,), (B,), (C,)],
            "step 1",
            (
                "Each of these mistakes would explain your results:\n- a\n- b\n- c\nLook at a.\nLook at b.\n"
                "Read again: step 1."
            ),
        ),
    ],
)
def test_what_is_said(explanations: list[tuple[Mistake, ...]], sheet: str, text: str) -> None:
    assert Diagnosis(explanations, sheet).text == text
    assert Diagnosis(explanations).ids == tuple(tuple(each.id for each in found) for found in explanations)


def test_all_checks_of_a_function_are_explained_together() -> None:
    _, _, mistakes = real()
    task, known = mistakes.in_function("fnn_gradients")
    work = next(made.procedure for made in known if made.mistake.id == "own-factor@dm1_dw1")
    given = context(
        {"fnn_gradients": lambda at, _: work.results(task.returns, at), "fnn_forward": right("fnn_forward")}
    )
    assert outcome(given, "6.1").mistakes == (("own-factor@dm1_dw1",),)
    assert set(given.record.explanations) == {("fnn_gradients", "visible")}


@pytest.mark.parametrize("function", ["fnn_check_result", "fnn_gradients"])
@pytest.mark.parametrize("cell", ["loss.backward()", "torch.autograd.grad(loss, [w1, w2])", "no = 'derivative'"])
def test_only_who_differentiates_by_hand_is_told_how(function: str, cell: str) -> None:
    _, _, mistakes = real()
    task, known = mistakes.in_function(function)
    hints = set()
    for id in ("zero@dloss_dw1", "one@dloss_ds", "without-dm2_dr@dloss_dw1", "twice@gradients"):
        work = next(made.procedure for made in known if made.mistake.id == id)
        own = partial(lambda procedure, at, _: procedure.results(task.returns, at), work)
        given = context({function: own, "fnn_forward": right("fnn_forward")})
        program = replace(given.submission.program, cells=(cell,))
        given = replace(given, submission=replace(given.submission, program=program))
        hints.add(outcome(given, "7.1" if function == "fnn_check_result" else "6.1").hint)
    by_hand = [hint for hint in hints if re.search("chain rule|Differentiate|Write down the path", hint)]
    autograd = [hint for hint in hints if AUTOGRAD in hint]
    uses_it = function == "fnn_check_result" and not cell.startswith("no")
    assert (len(by_hand), len(autograd)) == ((0, 3) if uses_it else (3, 0))
    assert any("does backward() run twice" in hint for hint in hints)


def test_an_answer_left_blank_is_left_out_of_account() -> None:
    given = context(answers={"task2": paper({"dloss_dw2": -0.3857, "dloss_dw1": -0.3857})})
    assert outcome(given, "4.2").mistakes == (("of-w2@dloss_dw1",),)
    given = context(answers={"task2": paper({"dloss_dw2": "", "dloss_dw1": -0.3857})})
    assert outcome(given, "4.2").mistakes == (("of-w2@dloss_dw1",),)


@pytest.mark.parametrize(
    ("gradient", "ids"),
    [
        (9.0, ["sum@dy_hat_dw"]),
        (9.04, ["sum@dy_hat_dw"]),  # computed with three digits
        (9.05, []),
        (8.96, ["sum@dy_hat_dw"]),
        (8.95, []),
    ],
)
def test_paper_answers_may_be_rounded(gradient: float, ids: list[str]) -> None:
    given = context(answers={"task1": paper({"dloss_dw": gradient})})
    assert [id for (id,) in outcome(given, "1.2").mistakes] == ids


def test_four_digits_tell_more_apart() -> None:
    """The handout's formula and the right one differ by a thousandth."""
    near = context(answers={"task2": paper({"dloss_dw2": -0.7714, "dloss_dw1": -0.1543})})
    assert ("twice@dloss_dw2",) in outcome(near, "4.2").mistakes
    assert len(outcome(near, "4.2").mistakes) == 2
