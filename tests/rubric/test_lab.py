"""What a lab says of its inputs and its answers, and a lab with other published inputs."""

import math
from dataclasses import replace

from msgspec import structs

from autograder.mistakes.for_lab import Mistakes
from autograder.rubric import Lab, PaperCheck, Tolerance


def test_with_published_changes_nothing_else(real_lab: Lab) -> None:
    other = real_lab.with_published({"task1": {"x": 3.0}})
    assert other.rubric.graphs["task1"].inputs["published"] == {"x": 3.0, "y": 1.0, "w": 0.5}
    assert other.rubric.graphs["task1"].drawn == real_lab.rubric.graphs["task1"].drawn
    assert other.rubric.graphs["task2"] == real_lab.rubric.graphs["task2"]
    assert real_lab.rubric.graphs["task1"].inputs["published"]["x"] == 4.0
    check = next(check for check in other.rubric.checks if check.number == "2.1")
    assert other.arguments(check, "published", "").inputs["x"] == 3.0


def test_function_defaults(real_lab: Lab) -> None:
    found = real_lab.defaults("train")
    assert list(found.inputs.items()) == [("x", 4.0), ("y", 1.0), ("w", 0.5)]
    assert list(found.settings.items()) == [("lr", 0.01), ("n_epochs", 20)]
    assert real_lab.with_published({"task1": {"lr": 0.5}}).defaults("train").settings["lr"] == 0.5


def test_a_function_trains_what_it_returns_beside_the_losses(real_lab: Lab) -> None:
    trained = {name: function.trained for name, function in real_lab.rubric.functions.items()}
    assert trained.pop("train") == ("w",)
    assert set(trained.values()) == {()}


def test_paper_has_the_quantities_of_all_checks_by_section(real_lab: Lab) -> None:
    assert list(real_lab.paper().items()) == [
        ("task1", ("y_hat", "s", "loss", "dloss_dw")),
        ("task2", ("m1", "r", "m2", "y_hat", "s", "loss", "dloss_dw2", "dloss_dw1")),
    ]


def test_shared_quantity_is_on_paper_once(real_lab: Lab) -> None:
    (values, *_) = (check for check in real_lab.rubric.checks if isinstance(check, PaperCheck))
    again = structs.replace(values, number="1.3", quantities=("dloss_dw", "s"), tolerance="paper")
    checks = (*real_lab.rubric.checks, again)
    twice = replace(real_lab, rubric=structs.replace(real_lab.rubric, checks=checks))
    assert twice.paper() == real_lab.paper()
    exact, paper = (real_lab.rubric.tolerances[name] for name in ("exact", "paper"))
    assert twice.paper_tolerances("task1") == {"y_hat": exact, "s": paper, "loss": exact, "dloss_dw": paper}
    assert Mistakes(twice).on_paper("task1")[0].returns == twice.paper()["task1"]


def test_a_tolerance_says_what_counts_as_right() -> None:
    paper, exact = Tolerance(rtol=0.02, atol=1e-9, coarse=0.04), Tolerance(rtol=0, atol=1e-6)
    assert paper.allows(-1.01, -1)
    assert not paper.allows(-1.03, -1)
    assert paper.allows(-1.03, -1, coarse=True)
    assert not paper.allows(-1.05, -1, coarse=True)
    assert exact.allows(1e6 + 1e-7, 1e6, coarse=True)
    assert not exact.allows(1e6 + 1e-5, 1e6, coarse=True)
    assert Tolerance(rtol=0, atol=0.5).allows(1.5, 1)
    assert not any(paper.allows(number, math.inf) for number in (0.0, math.inf, math.nan))


def test_a_lab_is_a_folder_with_its_parts(real_lab: Lab) -> None:
    assert real_lab.module == "Lab4"
    assert real_lab.reference == real_lab.folder / "reference"
    assert real_lab.template == real_lab.folder / "student_template"
    assert Lab(real_lab.folder, real_lab.rubric).digest == ""


def test_check_quantities(real_lab: Lab) -> None:
    checks = {check.number: check for check in real_lab.rubric.checks}
    assert real_lab.quantities(checks["6.3"]) == ("dloss_dw2", "dloss_dw1")
    assert real_lab.quantities(checks["2.1"]) == ("loss", "dloss_dw")


def test_a_check_calls_with_its_inputs_and_settings(real_lab: Lab) -> None:
    checks = {check.number: check for check in real_lab.rubric.checks}
    published = real_lab.arguments(checks["3.1"], "published", "digest")
    assert list(published.inputs.items()) == [("x", 4.0), ("y", 1.0), ("w", 0.5)]
    assert list(published.settings.items()) == [("lr", 0.01), ("n_epochs", 20)]
    drawn = [real_lab.arguments(checks["3.2"], "falls_fast", digest) for digest in "aab"]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0].settings["n_epochs"] == 10
    assert 0.055 <= drawn[0].settings["lr"] <= 0.065
    slower = real_lab.arguments(checks["3.3"], "falls_fast", "a")  # the same numbers, with the check's own rate
    assert slower.inputs == drawn[0].inputs
    assert slower.settings == {"lr": 0.04, "n_epochs": 10}
