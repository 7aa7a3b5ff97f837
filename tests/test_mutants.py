"""The sampling of changes by which the tests themselves are tried."""

import sys
from pathlib import Path

import pytest
from conftest import ROOT

sys.path[:0] = [str(ROOT / "scripts")]

import mutants  # noqa: E402

PROGRAM = '''def far(x: int | None, *, limit: float = 1_000) -> bool:
    """Not or and."""
    return x is not None and x > limit or not limit
'''


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    (tmp_path / "far.py").write_text(PROGRAM)
    made = [mutant.apply(PROGRAM) for mutant in mutants.mutants(tmp_path / "far.py")]
    return [line.strip() for text in made for line in text.splitlines() if line not in PROGRAM.splitlines()]


def test_every_token_that_decides_something_is_changed(changes: list[str]) -> None:
    assert changes == [
        "def far(x: int | None, *, limit: float = 1001) -> bool:",
        "return x is None and x > limit or not limit",
        "return x is not None or x > limit or not limit",
        "return x is not None and x >= limit or not limit",
        "return x is not None and x < limit or not limit",
        "return x is not None and x > limit and not limit",
        "return x is not None and x > limit or  limit",
    ]


def test_a_change_is_tried_with_the_tests_of_its_package_first() -> None:
    last = "tests/test_expected_marks.py"
    assert mutants.tests_of("autograder/checks/tally.py") == ["tests/checks", last]
    assert mutants.tests_of("autograder/graph.py") == ["tests/test_graph.py", last]
