"""The limits that a rubric sets, as the sandbox keeps them."""

from autograder import rubric
from autograder.sandbox.host.limits import ProcessLimits, from_rubric


def test_limits_of_the_rubric_are_seconds_and_bytes() -> None:
    found = from_rubric(rubric.Limits(1, 2, 3, memory=1.5, files=2, output=4))
    assert (found.call, found.load, found.submission) == (1, 2, 3)
    assert (found.memory, found.files, found.output) == (1_572_864, 2_097_152, 4_096)


def test_defaults_are_those_of_the_rubric() -> None:
    assert from_rubric(rubric.Limits()) == ProcessLimits(10, 20, 240, memory=512 << 20, output=32 << 10, files=10 << 20)
    assert ProcessLimits(10, 20, 240) == from_rubric(rubric.Limits())
