"""The sampling of changes by which the tests themselves are tried."""

import re
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


@pytest.mark.slow("sampling of changes")
def test_what_fails_by_a_change_is_named_and_the_change_is_undone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in ("autograder", "tests", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "autograder/far.py").write_text(PROGRAM)
    (tmp_path / "tests/test_far.py").write_text(
        "import sys\nsys.path[:0] = ['autograder']\nfrom far import far\ndef test_near(): assert not far(1000)\n"
    )
    (tmp_path / "tests/test_expected_scores.py").write_text("def test_nothing(): pass\n")
    python = tmp_path / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    made = {mutant.new: mutant for mutant in mutants.mutants(tmp_path / "autograder/far.py")}
    assert "test_near" in mutants.found_by(made[">="], tmp_path)
    assert mutants.found_by(made["1001"], tmp_path) == "", "no test is about the limit's value"
    assert (tmp_path / "autograder/far.py").read_text() == PROGRAM


def test_all_changes_are_counted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["mutants.py", "-n", "0", "--only", "roster.py"])
    mutants.main()
    assert re.fullmatch(r"0 of \d\d changes\nfound 0 of 0\n", capsys.readouterr().out)


def test_package_tests_run_first() -> None:
    last = "tests/test_expected_scores.py"
    assert mutants.tests_of("autograder/checks/score.py") == ["tests/checks", last]
    assert mutants.tests_of("autograder/roster.py") == ["tests/test_roster.py", last]
