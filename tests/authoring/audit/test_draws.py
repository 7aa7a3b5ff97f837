"""Every mistake shows in every draw of the hidden inputs; and the audit finds the intervals for which it does not."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

import msgspec
import pytest
from conftest import ROOT

from autograder import rubric
from autograder.authoring import new_lab
from autograder.authoring.audit.budget import Budget
from autograder.authoring.audit.draws import Escape, digests, try_draws
from autograder.authoring.audit.function import checks_of, fixed, functions
from autograder.authoring.audit.synthetic import SUBMISSION, SyntheticStudent
from autograder.checks import suite
from autograder.checks.context import CodeContext
from autograder.checks.oracle import Oracle
from autograder.mistakes.catalogue import Mutant, distinct
from autograder.mistakes.for_lab import Mistakes
from autograder.rubric import Lab, published
from autograder.submission import Program, Submission

FEW = 5  # draws; there are more of them in test_every_lab.py and, for a new lab, in test_new_lab.py


@pytest.fixture(params=["the lab", "the second lab", "a new lab"])
def shipped(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    """Each lab that comes with the grader."""
    if request.param == "a new lab":
        return rubric.load(new_lab.start("lab", tmp_path))
    return rubric.load(ROOT if request.param == "the lab" else ROOT / "labs/logistic_regression")


def escaped(the_lab: Lab, function: str, draws: int, only: Sequence[str] = ()) -> tuple[Escape, ...]:
    """The mistakes in a function that not every draw shows. only: ids of those to try."""
    model, made = Mistakes(the_lab).in_function(function)
    hidden = [check for check in checks_of(the_lab, function) if not published(check)]
    chosen = [each for each in distinct(model, made) if not only or each.mistake.id in only]
    return try_draws(the_lab, hidden, model, chosen, draws).escapes


def test_every_mistake_shows_in_every_draw(shipped: Lab) -> None:
    assert [escape for name in functions(shipped) for escape in escaped(shipped, name, FEW)] == []


def test_shipped_labs_have_no_fixed_hidden_inputs(shipped: Lab) -> None:
    assert fixed(shipped) == []


def with_intervals(the_lab: Lab, graph: str, name: str, **intervals: tuple[tuple[float, float], ...]) -> Lab:
    """The lab with other intervals for a drawn set."""
    entry = the_lab.rubric.graphs[graph]
    drawn = entry.drawn[name]
    changed = msgspec.structs.replace(drawn, intervals={**drawn.intervals, **intervals})
    graphs = {
        **the_lab.rubric.graphs,
        graph: msgspec.structs.replace(entry, drawn={**entry.drawn, name: changed}),
    }
    return rubric.Lab(the_lab.folder, msgspec.structs.replace(the_lab.rubric, graphs=graphs))


def test_a_relu_that_is_not_always_dead_is_found_out(real_lab: Lab) -> None:
    bad = with_intervals(real_lab, "task2", "dead_relu", w1=((-1.4, -1.1), (1.1, 1.4)))
    found = {each.mistake.id: each for each in escaped(bad, "fnn_forward", 40)}
    assert {"left-out@r", "leaky@r", "abs@r"} <= set(found)
    escape = found["leaky@r"]
    assert 0 < escape.draws < 40
    assert escape.first["dead_relu"]["w1"] > 0
    assert set(escape.first) == {"too_low", "too_high", "between", "dead_relu"}


def test_training_that_does_not_fall_far_enough_is_found_out(real_lab: Lab) -> None:
    slow = with_intervals(real_lab, "task1", "falls_fast", lr=((0.02, 0.065),))
    checks = [
        msgspec.structs.replace(check, inputs=("falls_fast",)) for check in slow.rubric.checks if check.number == "3.2"
    ]
    alone = rubric.Lab(slow.folder, msgspec.structs.replace(slow.rubric, checks=tuple(checks)))
    (found,) = escaped(alone, "train", 40, ["stops-at-share@update"])
    assert 0 < found.draws < 40
    assert found.first["falls_fast"]["lr"] < 0.035


def test_a_draw_that_time_cuts_short_does_not_count(real_lab: Lab) -> None:
    bad = with_intervals(real_lab, "task2", "dead_relu", w1=((1.1, 1.4),))
    model, made = Mistakes(bad).in_function("fnn_forward")
    hidden = [check for check in checks_of(bad, "fnn_forward") if not published(check)]
    chosen = [each for each in distinct(model, made) if each.mistake.id in ("leaky@r", "abs@r")]
    asked = count()
    found = try_draws(bad, hidden, model, chosen, 10, Budget(3, lambda: float(next(asked))))
    assert found.made == 1
    assert [escape.draws for escape in found.escapes] == [1, 1]


def points_lost(the_lab: Lab, function: str, made: Mutant, digest: str) -> bool:
    """Whether the real checks take anything off for a mistake, hidden inputs alone."""
    mistakes = Mistakes(the_lab)
    right = {name: mistakes.in_function(name)[0] for name in the_lab.rubric.functions}
    works = {name: (model, model.right) for name, model in right.items()}
    student = SyntheticStudent({**works, function: (right[function], made.procedure)})
    handed_in = Submission((), Program("synthetic.py", (), digest), None, (), ())
    oracle = Oracle(the_lab, SyntheticStudent(works))
    context = CodeContext(the_lab, handed_in, mistakes, student, oracle, diagnose=False)
    hidden = [check for check in checks_of(the_lab, function) if not published(check)]
    return any(suite.grade(check, context).points < check.points for check in hidden)


@pytest.mark.parametrize("function", ["fnn_forward", "train"])
def test_draws_agree_with_the_real_checks(real_lab: Lab, function: str) -> None:
    bad = with_intervals(real_lab, "task2", "dead_relu", w1=((-1.4, -1.1), (1.1, 1.4)))
    model, made = Mistakes(bad).in_function(function)
    chosen = distinct(model, made)[::5]
    digest = next(
        each
        for each in digests(40)
        if bad.arguments(checks_of(bad, "fnn_forward")[1], "dead_relu", each).inputs["w1"] > 0
    )
    real = [points_lost(bad, function, each, digest) for each in chosen]
    only = [each.mistake.id for each in chosen]
    seen = {each.mistake.id for each in escaped(bad, function, digests(40).index(digest) + 1, only)}
    assert [id not in seen for id in only] == real
    assert all(real) == (function == "train")


def test_the_first_draw_is_that_of_the_submission_marked() -> None:
    assert digests(3) == [SUBMISSION.digest, "synthetic 1", "synthetic 2"]
    assert len(set(digests(1000))) == 1000
