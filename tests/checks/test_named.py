"""How many mistakes of the held-out wrong programs are named."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from wrong_programs import graded, held_out


@pytest.mark.slow("mistakes of held-out programs named")
@pytest.mark.parametrize("split", ["c", "d"])
def test_nineteen_of_twenty_mistakes_are_named(split: str) -> None:
    """Of those with an answer, every second: benchmarks/wrong_programs.py tries all."""
    named, answered = 0, 0
    for _, report in graded(held_out(split)[::2], 0.0):
        known = any(check.outcome.mistakes for check in report.checks)
        wrong = report.points < report.out_of
        named += wrong and known
        answered += wrong and (known or not any(check.outcome.unanswered for check in report.checks))
    assert named >= 0.95 * answered
