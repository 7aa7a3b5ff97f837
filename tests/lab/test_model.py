"""What a lab says of its inputs and its answers, and a lab with other published inputs."""

from autograder.lab import Lab


def test_other_published_inputs_leave_the_rest_of_the_lab_as_it_is(real_lab: Lab) -> None:
    other = real_lab.with_published({"task1": {"x": 3.0}})
    assert other.rubric.graphs["task1"].inputs["published"] == {"x": 3.0, "y": 1.0, "w": 0.5}
    assert other.rubric.graphs["task1"].inputs["hidden_a"] == real_lab.rubric.graphs["task1"].inputs["hidden_a"]
    assert other.rubric.graphs["task2"] == real_lab.rubric.graphs["task2"]
    assert real_lab.rubric.graphs["task1"].inputs["published"]["x"] == 4.0
    check = next(check for check in other.rubric.checks if check.number == "2.1")
    assert other.arguments(check, "published", "").inputs["x"] == 3.0


def test_the_defaults_of_a_function_are_published_inputs_and_settings(real_lab: Lab) -> None:
    found = real_lab.defaults("train")
    assert list(found.inputs.items()) == [("x", 4.0), ("y", 1.0), ("w", 0.5)]
    assert list(found.settings.items()) == [("lr", 0.01), ("n_epochs", 20)]
    assert real_lab.with_published({"task1": {"lr": 0.5}}).defaults("train").settings["lr"] == 0.5


def test_paper_has_the_quantities_of_all_checks_by_section(real_lab: Lab) -> None:
    assert list(real_lab.paper().items()) == [
        ("task1", ("y_hat", "s", "loss", "dloss_dw")),
        ("task2", ("m1", "r", "m2", "y_hat", "s", "loss", "dloss_dw2", "dloss_dw1")),
    ]
