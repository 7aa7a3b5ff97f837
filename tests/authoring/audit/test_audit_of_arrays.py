"""The audit of a lab with vectors and matrices."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from conftest import ROOT

from autograder import rubric
from autograder.authoring.audit.budget import ENDLESS
from autograder.authoring.audit.draws import Escape, try_draws
from autograder.authoring.audit.function import audit, checks_of
from autograder.authoring.audit.result import Caught, FunctionAudit
from autograder.authoring.audit.run import Audit
from autograder.authoring.audit.show import remarks
from autograder.authoring.audit.suggestion import suggested
from autograder.authoring.audit.synthetic import SyntheticStudent, as_kept, as_returned
from autograder.checks.oracle import Trajectory
from autograder.checks.training import compare_losses, is_surely_wrong
from autograder.graph.descent import EpochState
from autograder.mistakes.catalogue import Mutant
from autograder.mistakes.diagnose import explanations
from autograder.mistakes.evidence import Sample
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import Mistake, by_element_too
from autograder.rubric import Lab, Tolerance, published
from autograder.sandbox.host import protocol


@pytest.fixture(scope="module")
def lab() -> Lab:
    return rubric.load(ROOT / "labs/linear_regression")


@pytest.fixture(scope="module")
def right(lab: Lab) -> SyntheticStudent:
    """The reference, computed here."""
    mistakes = Mistakes(lab)
    tasks = {name: mistakes.in_function(name)[0] for name in lab.rubric.functions}
    return SyntheticStudent({name: (task, task.right) for name, task in tasks.items()})


def only(monkeypatch: pytest.MonkeyPatch, *ids: str) -> None:
    """Audit these mistakes alone."""
    from autograder.mistakes.catalogue import distinct

    def chosen(model: object, mutants: object) -> list[Mutant]:
        return [each for each in distinct(model, mutants) if not ids or each.mistake.id in ids]  # type: ignore[arg-type]

    monkeypatch.setattr("autograder.authoring.audit.function.distinct", chosen)


def test_a_synthetic_student_returns_arrays_with_their_shapes() -> None:
    assert as_returned(np.array([[1.0, 2.0], [3.0, 4.0]])) == protocol.Array([1.0, 2.0, 3.0, 4.0], "float", (2, 2))
    assert as_returned(np.array([[5.0]])) == protocol.Number(5.0, "float", (1, 1))
    assert as_returned(2.5) == protocol.Number(2.5, "float")
    assert as_kept([1.0, 2.0]).shape == (2,)
    with pytest.raises(LookupError):
        as_kept([np.array([1.0, 2.0])])  # as `loss.item()` raises an exception


@pytest.mark.parametrize("function", ["forward", "train"])
def test_mistakes_are_graded_by_element(
    lab: Lab, right: SyntheticStudent, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    chosen = {"forward": ("halved@q", "fixed@w"), "train": ("decay@update",)}[function]
    only(monkeypatch, *chosen)
    found = audit(lab, right, function, 1, 3)
    assert {each.id for each in found.singles} == set(chosen)
    assert (found.survivors, found.only_published, found.escapes, found.draws) == ((), (), (), 3)
    assert all(each.named == 1 for each in found.singles)
    by_id = {each.id: each for each in found.singles}
    if function == "forward":
        assert by_id["halved@q"].slack == pytest.approx(0.5)
    else:
        assert 0.002 < by_id["decay@update"].slack < 1


def test_a_mistake_that_does_not_show_is_found_with_its_inputs(lab: Lab) -> None:
    """The gradient has lost its minus sign, and never has one."""
    entry = lab.rubric.graphs["regression"]
    drawn = {
        name: msgspec.structs.replace(
            each, intervals={**each.intervals, "y": msgspec.structs.replace(each.intervals["y"], intervals=((-9, -8),))}
        )
        for name, each in entry.drawn.items()
    }
    graphs = {"regression": msgspec.structs.replace(entry, drawn=drawn)}
    low = replace(lab, rubric=msgspec.structs.replace(lab.rubric, graphs=graphs))
    model, catalogue = Mistakes(low).in_function("gradients")
    chosen = [each for each in catalogue if each.mistake.id in ("size@dloss_db", "sign@dloss_db")]
    hidden = [check for check in checks_of(low, "gradients") if not published(check)]
    (escape,) = try_draws(low, hidden, model, chosen, 2).escapes
    assert (escape.mistake.id, escape.draws) == ("size@dloss_db", 2)
    caught = [Caught((each.mistake,), {}, 0.0 if each.mistake.id == "size@dloss_db" else 1.0) for each in chosen]
    found = suggested(model, chosen, caught, "seed", ENDLESS)
    assert found is not None
    assert found["X"].shape == (len(found["y"]), 2)


def test_arrays_are_written_as_in_the_rubric() -> None:
    inputs = {"X": np.array([[1.0, -0.5], [2.0, 3.25]]), "b": -1.0}
    mistake = Mistake("a@s", "a is wrong", "", lambda work: work)
    found = FunctionAudit("f", 2, (), (), 0, inputs, 10, (Escape(mistake, 3, {"own": inputs}),))
    said = list(remarks(Audit("Lab", 2, 0, 2, (found,))))
    assert "own { X: [[1, -0.5], [2, 3.25]], b: -1 }" in said[0]
    assert said[1].endswith("{ X: [[1, -0.5], [2, 3.25]], b: -1 }")


EXPECTED = Trajectory([4.0, 2.0, 1.0, 0.5, 0.25], {})
CODE = Tolerance(1e-3, 1e-6)


@pytest.mark.parametrize(
    ("losses", "wrong"),
    [
        ([4.0, 2.0], False),
        ([2.0, 1.0], False),  # after each update
        ([4.0, 1.0], True),
        ([4.0, 2.0004], False),  # perhaps rounded
        ([float("nan")], True),
        ([], False),
        ([8.0], True),
    ],
)
def test_the_first_losses_may_tell_enough(losses: list[float], wrong: bool) -> None:
    assert is_surely_wrong(losses, EXPECTED, CODE) == wrong
    if wrong:
        whole = protocol.Array([*losses, *EXPECTED.losses[len(losses) : 4]], "float", (4,))
        assert not compare_losses(whole, EXPECTED, CODE, 4)[0].right


def test_one_gradient_for_all_elements_of_a_weight() -> None:
    update: Callable[[EpochState], float] = by_element_too(lambda epoch: epoch.weight - 2 * epoch.slope)
    weight = np.array([1.0, 2.0])
    epoch = EpochState(0, 1, 0, weight, weight, 1.0, 0.5, {"w": 0.5}, 0.1, {})  # type: ignore[arg-type]
    assert list(update(epoch)) == [0.0, 1.0]  # type: ignore[call-overload]


@pytest.mark.parametrize("after", [False, True])
def test_a_weight_of_another_shape_is_diagnosed_without_an_exception(lab: Lab, after: bool) -> None:
    """A wrong program returned the bias in the place of the weights, and the grader failed."""
    model, catalogue = Mistakes(lab).in_function("train")
    samples = []
    for name in ("published", "three_samples", "five_samples"):
        given = lab.arguments(checks_of(lab, "train")[1], name, "")
        weights, losses = model.right.train(model.weights, given.inputs, 0.05, 8)
        values = {"w": float(weights["b"]), "b": float(weights["b"])}
        kept = [2 * loss for loss in losses]
        samples.append(Sample(given.inputs, {"lr": 0.05, "n_epochs": 8}, values, kept, after))
    assert explanations(model, catalogue, samples) == []
