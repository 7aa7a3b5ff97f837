"""A lab with other published inputs."""

from autograder.lab import Lab


def test_other_published_inputs_leave_the_rest_of_the_lab_as_it_is(real_lab: Lab) -> None:
    other = real_lab.with_published({"task1": {"x": 3.0}})
    assert other.rubric.graphs["task1"].inputs["published"] == {"x": 3.0, "y": 1.0, "w": 0.5}
    assert other.rubric.graphs["task1"].inputs["hidden_a"] == real_lab.rubric.graphs["task1"].inputs["hidden_a"]
    assert other.rubric.graphs["task2"] == real_lab.rubric.graphs["task2"]
    assert real_lab.rubric.graphs["task1"].inputs["published"]["x"] == 4.0
    check = next(check for check in other.rubric.checks if check.number == "2.1")
    assert other.arguments(check, "published", "").inputs["x"] == 3.0
