"""Mistakes that vectors and matrices invite, made in the reference of a lab and graded: each is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT
from small_labs import grade_changed

from autograder import rubric
from autograder.grader import Grader
from autograder.sandbox.host.fork_server import ForkServer

LABS: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((Path(__file__).parent / "array_programs.yaml").read_text())
CASES = [(lab, name) for lab, programs in LABS.items() for name in programs]


@pytest.fixture(scope="module")
def graders(server: ForkServer) -> Iterator[dict[str, Grader]]:
    """A grader for each lab, which does not look for lines."""
    made = {name: Grader(rubric.load(ROOT / name).with_limits(search=0), server, "cpu") for name in LABS}
    yield made
    for grader in made.values():
        grader.__exit__(None, None, None)


@pytest.mark.parametrize(("lab", "name"), CASES, ids=lambda each: each.rpartition("/")[2])
def test_the_mistake_is_named(lab: str, name: str, graders: dict[str, Grader], tmp_path: Path) -> None:
    program = LABS[lab][name]
    grader = graders[lab]
    report = grade_changed(grader, tmp_path, program["changes"])
    hints = [check.outcome.hint for check in report.checks if check.outcome.hint]
    said = [hint for hint in hints if "would explain" in hint or "explains all" in hint]
    if "named" in program:
        assert program["named"] in " ".join(said), hints
    else:
        assert said == []


def test_nearly_all_are_named() -> None:
    programs = [program for each in LABS.values() for program in each.values()]
    assert sum("named" in program for program in programs) >= 0.9 * len(programs)
