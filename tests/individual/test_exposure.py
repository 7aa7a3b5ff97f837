"""No mistake gives a student the right numbers, wherever that can be demanded."""

from pathlib import Path

import msgspec
import pytest
from conftest import ROOT

from autograder import rubric
from autograder.individual.exposure import PaperSection, find_exposure, paper_section
from autograder.individual.variants import Variants
from autograder.mistakes.for_lab import Mistakes
from autograder.rubric import Lab
from autograder.rubric.draw import Drawn

WHO = [f"student{number}@example.edu" for number in range(25)]


@pytest.fixture(scope="module")
def variants() -> Variants:
    the_lab = rubric.load(ROOT)
    return Variants(the_lab, Mistakes(the_lab))


def hidden(section: PaperSection, inputs: dict[str, float]) -> tuple[set[str], set[tuple[str, str]]]:
    """The mistakes that change no answer at all, and those that leave a gradient as it is."""
    right = section.right_at(inputs)
    everywhere, in_gradient = set(), set()
    for made in section.mistakes:
        if not right.changed_by(made, section.task.returns):
            everywhere.add(made.mistake.id)
        in_gradient |= {(made.mistake.id, name) for name in section.gradients if not right.changed_by(made, (name,))}
    return everywhere, in_gradient


@pytest.mark.parametrize("section", ["task1", "task2"])
def test_mistake_shows_for_all_or_none(variants: Variants, section: str) -> None:
    found = paper_section(variants.lab, variants.mistakes, section)
    everybody = [hidden(found, dict(variants.inputs(who)[section])) for who in WHO]
    assert all(each == everybody[0] for each in everybody)


def test_only_harmless_mistakes_never_show(variants: Variants) -> None:
    """Derivatives by inputs that are no weights; ones that are 1; the ReLU, which is active; what is not asked for."""
    for section in ("task1", "task2"):
        found = paper_section(variants.lab, variants.mistakes, section)
        no_answer, no_gradient = hidden(found, dict(variants.inputs(WHO[0])[section]))
        harmless = ("ds_dy", "_dx", "dr_dm1", "@r", "for-r@m2", "returned@", "updated-w1", "m1-0@dm2_dw2")
        assert not [each for each in no_answer if not any(part in each for part in harmless)]
        assert not [each for each in no_gradient if each[0] == f"size@{each[1]}"]


def test_the_published_inputs_would_not_do(variants: Variants) -> None:
    for section, inputs in (("task1", {"x": 4, "y": 1, "w": 0.5}), ("task2", {"x1": 4, "w1": 0.5, "w2": 0.2, "y": 1})):
        assert variants.by_graph[section].exposure.hidden(inputs) is not None


def test_accepted_mistakes_are_not_demanded(variants: Variants) -> None:
    ids = {made.mistake.id for made in paper_section(variants.lab, variants.mistakes, "task2").mistakes}
    assert "handout-sigmoid" not in ids
    assert {"at-its-input@dy_hat_dm2", "leaky@r", "returned@loss,dloss_dw2"} <= ids


def test_conflicting_demands_are_dropped(variants: Variants) -> None:
    found = paper_section(variants.lab, variants.mistakes, "task1")
    probes = [{"x": x, "y": y, "w": 0.7} for x, y in ((3.1, 4.3), (2.7, 3.9), (-3.1, -4.3), (-2.7, -3.9))]
    made = [demand.mutant.mistake.id for demand in find_exposure(found, probes).demands]
    assert "size@dloss_ds" in made  # which needs s below 0, as the first two probes have it
    assert find_exposure(found, probes).hidden({"x": 3.3, "y": 5.7, "w": 0.7}) is None


def test_conflicting_demands_still_have_variants(tmp_path: Path) -> None:
    """With s = y - y_hat the gradient loses a sign only where s loses none."""
    the_lab = rubric.load(ROOT)
    task1 = the_lab.rubric.graphs["task1"]
    entry = msgspec.structs.replace(
        task1,
        nodes={**task1.nodes, "s": "y - y_hat"},
        individual=Drawn({"x": ((1.8, 5.5),), "y": ((-4.0, 4.0),), "w": ((-1.9, 1.9),)}, decimals=1),
    )
    turned = Lab(
        the_lab.folder, msgspec.structs.replace(the_lab.rubric, graphs={**the_lab.rubric.graphs, "task1": entry})
    )
    own = Variants(turned, Mistakes(turned))
    signs = {own.inputs(who)["task1"]["w"] > 0 for who in WHO[:8]}
    assert signs == {True, False}
