"""Mistakes that students make often come first among wrong numbers."""

import pytest
from conftest import ROOT

from autograder import rubric
from autograder.authoring.answer_key import likelihood
from autograder.authoring.answer_key.likelihood import OFTEN, SELDOM, SOMETIMES
from autograder.mistakes.catalogue import Mutant
from autograder.mistakes.for_lab import Mistakes

LABS = (ROOT, ROOT / "labs/linear_regression", ROOT / "labs/logistic_regression")


def known() -> dict[str, Mutant]:
    """The mistakes of all functions and graphs of the labs, by id, the usual ones of several with the same id."""
    found: list[Mutant] = []
    for folder in LABS:
        lab = rubric.load(folder)
        mistakes = Mistakes(lab)
        catalogues = [mistakes.in_function(name)[1] for name in lab.rubric.functions]
        catalogues += [mistakes.on_paper(name)[1] for name in lab.paper()]
        found += [each for all_of_it in catalogues for each in all_of_it]
    return {each.mistake.id: each for each in sorted(found, key=lambda each: each.usual)}


@pytest.fixture(scope="module")
def mistakes() -> dict[str, Mutant]:
    return known()


def test_every_weighted_kind_is_a_kind_of_mistake(mistakes: dict[str, Mutant]) -> None:
    assert likelihood.kinds() <= {id.partition("@")[0] for id in mistakes}


@pytest.mark.parametrize(
    ("id", "weight"),
    [
        ("turned@s", OFTEN),
        ("factor@dloss_ds", OFTEN),
        ("without-dr_dm1@dloss_dw1", OFTEN),
        ("leaky@r", SOMETIMES),
        ("added@m1", SELDOM),
        ("divided-turned@m1", SELDOM),
    ],
)
def test_a_kind_has_its_weight(mistakes: dict[str, Mutant], id: str, weight: float) -> None:
    assert likelihood.weight(mistakes[id]) == weight


def test_a_mistake_concerns_where_it_is_made(mistakes: dict[str, Mutant]) -> None:
    assert likelihood.concerns(mistakes["turned@s"], "s")
    assert not likelihood.concerns(mistakes["turned@s"], "loss")
    assert likelihood.concerns(mistakes["turned@s"], "dloss_dw1")
