"""Every sample submission gets the expected points: examples/ in all checks, tests/submissions/ in the checks that a
sample is about. For tests/submissions/ the mistakes named are compared too."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import RESULTS_SCHEMA, ROOT, Result

from autograder import rubric
from autograder.checks import diagnosis
from autograder.mistakes.catalogue import FunctionModel
from autograder.mistakes.for_lab import Mistakes
from autograder.rubric.schema import Check, CodeCheck, DeviceCheck

LAB = rubric.load(ROOT)
FOLDERS = ("examples", "tests/submissions")


def tagged(tags: str | list[str]) -> Iterator[Check]:
    """The checks of the lab that have one of these tags; `all` stands for every check."""
    wanted = {tags} if isinstance(tags, str) else set(tags)
    found = [check for check in LAB.rubric.checks if wanted & {"all", *check.tags}]
    assert wanted <= {"all", *(tag for check in found for tag in check.tags)}
    yield from found


def points(name: str, entry: dict[str, Any]) -> dict[str, float]:
    """The points of each check, from the short forms `full` and `zero` and from `checks`."""
    full = list(tagged(entry.get("full", [])))
    expected = {check.number: 0.0 for check in tagged(entry.get("zero", []))}
    expected |= {check.number: check.points for check in full}
    if name.startswith("right_"):
        right = {check.function for check in full if isinstance(check, CodeCheck)}
        for check in LAB.rubric.checks:
            if isinstance(check, DeviceCheck) and right & set(check.functions):
                share = check.points / len(check.functions)
                expected[check.number] = share * len(right & set(check.functions))
    return expected | entry.get("checks", {})


def cases(folder: Path) -> Iterator[Any]:
    for name, entry in yaml.load((folder / "expected.yaml").read_text(), yaml.CSafeLoader).items():
        yield pytest.param(folder / name, entry | {"checks": points(name, entry)}, id=name)


@pytest.mark.parametrize(("path", "expected"), [*cases(ROOT / "examples"), *cases(ROOT / "tests/submissions")])
def test_a_submission_gets_its_points(path: Path, expected: dict[str, Any], grade: Callable[[Path], Result]) -> None:
    result = grade(path)
    earned = result.points()
    told = {number: result.check(number).outcome.text for number in expected["checks"]}
    assert {number: earned[number] for number in expected["checks"]} == pytest.approx(expected["checks"], abs=0.011), (
        told
    )
    if "total" in expected:
        assert result.report.points == pytest.approx(expected["total"], abs=0.06)
    RESULTS_SCHEMA.validate(result.results)
    assert [test["number"] for test in result.results["tests"]] == [check.number for check in result.report.checks]
    assert not result.report.faulty
    if path.name.startswith("wrong_"):
        graded = (check for check in result.report.checks if check.number in expected["checks"])
        explanations = (check.outcome.mistakes for check in graded)
        first = next((each[0] for each in explanations if each), ())
        assert list(first) == expected["mistakes"], told
        assert expected.get("found", "") in result.check("8").outcome.text
    if path.name.startswith("right_"):
        assert not any(finding.state == "wrong" for finding in result.check("8").outcome.findings), told
        assert not any(check.outcome.mistakes for check in result.report.checks), told


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_sample_has_expected_points(folder: str) -> None:
    samples = {path.name for path in (ROOT / folder).iterdir() if path.is_dir()}
    assert samples == set(yaml.load((ROOT / folder / "expected.yaml").read_text(), yaml.CSafeLoader))


def test_every_mistake_has_a_name_for_the_class_page() -> None:
    rows = [yaml.load((ROOT / each / "expected.yaml").read_text(), yaml.CSafeLoader) for each in FOLDERS]
    ids = {id for each in rows for entry in each.values() for id in entry.get("mistakes", ())}
    names = diagnosis.names(Mistakes(LAB), ids | {"again@train", "leaky@r", "unknown"})
    assert names.keys() == ids | {"again@train", "leaky@r"}
    assert not any("{" in name for name in names.values())
    assert names["momentum@update"] == "the updates use momentum"
    assert names["leaky@r"] == "r is a leaky ReLU"
    assert names["text@losses"] == "losses are given as text"
    assert names["again@train"].startswith("with the same inputs")


def test_a_lab_with_a_class_has_names_for_rare_mistakes() -> None:
    lab = rubric.load(ROOT / "labs/two_layer_network")  # Net has no graph
    names = diagnosis.names(Mistakes(lab), {"plus-X@h", "unknown"})
    assert names == {"plus-X@h": "X is added to h"}


def test_a_class_without_rare_mistakes_does_not_wait_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FunctionModel, "rare", property(lambda model: pytest.fail("rare mistakes are made")))
    ids = {"never-zeroed@update", "leaky@r"}
    assert diagnosis.names(Mistakes(LAB), ids).keys() == ids


def test_the_reference_gets_everything(grade: Callable[[Path], Result]) -> None:
    result = grade(ROOT / "reference")
    assert result.report.points == result.report.out_of == 100
    assert not any(check.outcome.notes for check in result.report.checks)


def test_the_untouched_template_gets_next_to_nothing(grade: Callable[[Path], Result]) -> None:
    result = grade(ROOT / "student_template")
    assert result.report.points <= 5
    assert result.check("3.1").outcome.summary == "train() is still to be written."
