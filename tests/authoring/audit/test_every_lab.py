"""Every lab in this repository tells right from wrong."""

from pathlib import Path

import pytest
from conftest import ROOT

from autograder import rubric
from autograder.authoring.audit import function, run
from autograder.grader import Grader
from autograder.sandbox.host.fork_server import ForkServer

LABS = (ROOT, *sorted(found.parent for found in ROOT.glob("labs/*/rubric.yaml")))
DRAWS = {ROOT: 100}  # a thousand take minutes; docs/testing.md has the command


every_lab = pytest.mark.parametrize("folder", LABS, ids=lambda folder: "lab" if folder == ROOT else folder.name)


@every_lab
def test_nothing_is_left_to_say_about_the_reference(server: ForkServer, tmp_path: Path, folder: Path) -> None:
    lab = rubric.load(folder)
    with Grader(lab, server, "cpu") as grader:
        report = grader.grade(lab.reference, tmp_path / "results.json")
    assert report.points == report.out_of
    assert [check.outcome.hint for check in report.checks if check.outcome.hint] == []
    assert not [check.outcome.text for check in report.checks if "could not be checked" in check.outcome.text]


@pytest.mark.slow("audits of a whole lab")
@every_lab
def test_no_mistake_gets_full_credit(
    server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """All but the names that the diagnosis gives to mistakes: they take most of an audit's time, and no points."""
    stages = [stage for stage in function.STAGES if stage.name != "mistakes diagnosed"]
    monkeypatch.setattr(function, "STAGES", tuple(stages))
    draws = DRAWS.get(folder, 20)
    found = run.run(rubric.load(folder), server, tmp_path, pairs=0, draws=draws)
    assert found.holds, [(each.survivors, each.escapes, each.untried) for each in found.functions]
    assert found.template < 0.1 * found.out_of
    tried = [each for each in found.functions if each.singles]  # of a function without a graph no mistakes are known
    assert sum(len(each.singles) for each in tried) > 300
    assert [(each.function, each.only_published, each.draws) for each in tried] == [
        (each.function, (), draws) for each in tried
    ]
