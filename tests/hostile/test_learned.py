"""What a first attempt can learn of its hidden inputs is worth nothing in the second one."""

from collections.abc import Callable

import pytest
from conftest import Result

from autograder import rubric
from autograder.checks.oracle import descent
from autograder.rubric import CallArguments, CodeCheck, Lab
from autograder.submission import Submission

FIRST = "def check_result(x=4.0, y=1.0, w=0.5, device='cpu'):\n    return x, w\n"


def answer(the_lab: Lab, check: CodeCheck, given: CallArguments) -> object:
    """What is right."""
    function = the_lab.rubric.functions[check.function]
    graph = the_lab.graphs[function.graph]
    if function.trained:
        right = descent(graph, function.trained, given)
        return (*right.weights.values(), list(right.losses[: right.epochs]))
    return tuple(rubric.expected(graph, function.returns, given.inputs).values())


def table(the_lab: Lab, digest: str) -> str:
    """A program that knows the answers to all inputs of the submission with that digest, and nothing else."""
    known = {}
    for check in (each for each in the_lab.rubric.checks if isinstance(each, CodeCheck)):
        for given in (the_lab.arguments(check, name, digest) for name in check.inputs):
            key = check.function, *given.inputs.values(), *given.settings.values()
            known[key] = answer(the_lab, check, given)
    program = f"KNOWN = {known!r}\n"
    for name, function in the_lab.rubric.functions.items():
        taken = ", ".join([*function.inputs, *function.settings])
        program += f"def {name}({taken}, device='cpu'):\n    return KNOWN[{name!r}, {taken}]\n"
    return program


def test_answers_learned_once_earn_nothing_next_time(
    hand_in: Callable[..., Result], real_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned = table(real_lab, hand_in(FIRST).report.seed)
    points = hand_in(learned).points()
    code = [check for check in real_lab.rubric.checks if isinstance(check, CodeCheck)]
    hidden = [check for check in code if not rubric.published(check)]
    assert {points[check.number] for check in hidden} == {0}
    assert sum(points.values()) == sum(check.points for check in code if check not in hidden) == 11

    monkeypatch.setattr(Submission, "digest", hand_in(FIRST).report.seed)  # were the inputs the same for everybody
    points = hand_in(learned).points()
    assert all(points[check.number] == check.points for check in hidden)
