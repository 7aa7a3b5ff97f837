"""Every student has numbers of their own: the same each time, others with another key, and nobody can guess them."""

import dataclasses

import msgspec
import pytest
from conftest import ROOT

from autograder import individual, rubric
from autograder.individual.variants import Variants
from autograder.mistakes.for_lab import Mistakes
from autograder.rubric import FileError, GraphEntry, Lab
from autograder.rubric.draw import Drawn


@pytest.fixture(scope="module")
def variants() -> Variants:
    the_lab = rubric.load(ROOT)
    return Variants(the_lab, Mistakes(the_lab))


def changed(the_lab: Lab, **fields: object) -> Variants:
    other = dataclasses.replace(the_lab, rubric=msgspec.structs.replace(the_lab.rubric, **fields))
    return Variants(other, Mistakes(other))


def with_rule(the_lab: Lab, rule: Drawn | None) -> Variants:
    graphs: dict[str, GraphEntry] = dict(the_lab.rubric.graphs)
    graphs["task1"] = msgspec.structs.replace(graphs["task1"], individual=rule)
    return changed(the_lab, graphs=graphs)


def test_inputs_depend_on_key_and_student(variants: Variants) -> None:
    ada = variants.inputs("ada@example.edu")
    assert ada == changed(variants.lab).inputs("  ADA@Example.edu ")
    assert ada != changed(variants.lab, key="another key of the course").inputs("ada@example.edu")
    assert ada["task1"] != variants.inputs("alan@example.edu")["task1"]


@pytest.mark.parametrize("number", range(25))
def test_this_labs_numbers_train_clearly_and_are_short(variants: Variants, number: int) -> None:
    inputs = variants.inputs(f"student{number}@example.edu")
    x, y, w = (inputs["task1"][name] for name in "xyw")
    assert 0.05 < 2 * 0.01 * x * x < 0.9
    assert abs((x * w - y) ** 2 - 1) > 0.01
    assert all(round(value, 2) == value for each in inputs.values() for value in each.values())
    assert set(inputs) == set(variants.lab.rubric.graphs)


def test_derived_rule_has_variants(variants: Variants) -> None:
    default = with_rule(variants.lab, None)
    drawn = [default.inputs(str(number))["task1"] for number in range(10)]
    assert len({tuple(each.values()) for each in drawn}) > 5
    assert all(1 <= each["x"] <= 9 and each["x"] == int(each["x"]) and 0.1 <= each["w"] <= 0.9 for each in drawn)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (
            Drawn({"x": ((4, 4),), "y": ((1, 1),), "w": ((0.5, 0.5),)}),
            "an answer has fewer than 2 or more than 4 digits",
        ),
        (Drawn({"x": ((20, 30),), "y": ((40, 90),), "w": ((0.2, 0.9),)}, {}, 0), "a value is infinite or above 1000"),
        (
            Drawn({"x": ((2, 5),), "y": ((1, 9),), "w": ((0.2, 0.9),)}, {"x": ((0, 9),)}),
            "all are in intervals to avoid",
        ),
    ],
)
def test_impossible_rule_is_reported(variants: Variants, rule: Drawn, why: str) -> None:
    with pytest.raises(FileError) as error:
        with_rule(variants.lab, rule).inputs("ada")
    lines = (ROOT / "rubric.yaml").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.startswith("    individual:"))
    assert (
        f"rubric.yaml, line {line} (graphs.task1.individual): 1000 draws gave no acceptable individual inputs"
        in str(error.value)
    )
    assert why in str(error.value)
    assert "make 'from' wider" in str(error.value)


def test_only_published_inputs_change() -> None:
    the_lab = rubric.load(ROOT)
    own = individual.lab_of(the_lab, "ada@example.edu")
    for name, entry in own.rubric.graphs.items():
        published = entry.inputs["published"]
        assert published != the_lab.rubric.graphs[name].inputs["published"]
        assert {**entry.inputs, "published": None} == {**the_lab.rubric.graphs[name].inputs, "published": None}
    assert own.digest == the_lab.digest
